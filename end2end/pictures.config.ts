import { defineConfig } from '@playwright/test';
import tests from './playwright.config.js';
import { keptData } from './lib/kept.js';

/** Takes the README's pictures from the full district. */
export default defineConfig({
  testDir: 'pictures',
  outputDir: 'test-results',
  workers: 1,
  timeout: 300_000,
  reporter: [['list']],
  use: { ...tests.use, data: keptData('pictured'), students: 'all' } as object,
});
