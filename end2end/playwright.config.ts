import { defineConfig } from '@playwright/test';
import { launchOptions } from './lib/browser.js';

const PHONE = { width: 360, height: 800 };
const DESKTOP = { width: 1280, height: 800 };

/**
 * Every test runs four times: with and without JavaScript, on a phone and on a desktop. Tags leave some out:
 * `@js` needs JavaScript, `@nojs` is about its absence, `@phone` and `@desktop` need that width.
 */
const projects = [true, false].flatMap((javaScriptEnabled) =>
  [PHONE, DESKTOP].map((viewport) => ({
    name: `${javaScriptEnabled ? 'js' : 'nojs'}-${viewport === PHONE ? 'phone' : 'desktop'}`,
    grepInvert: [javaScriptEnabled ? /@nojs\b/ : /@js\b/, viewport === PHONE ? /@desktop\b/ : /@phone\b/],
    use: { javaScriptEnabled, viewport },
  })),
);

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  snapshotPathTemplate: 'tests/screenshots/{testFileName}/{arg}{ext}',
  forbidOnly: process.env['CI'] !== undefined,
  workers: 2,
  timeout: 30_000,
  reporter: [['list'], ['./lib/closing-line.ts']],
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
  },
  projects,
});
