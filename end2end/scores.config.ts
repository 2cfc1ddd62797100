import { defineConfig } from '@playwright/test';
import tests from './playwright.config.js';
import { keptData } from './lib/kept.js';

/** Scores pages with Lighthouse and weighs the server's memory, with the full district. */
export default defineConfig({
  testDir: 'scores',
  outputDir: 'test-results',
  workers: 1,
  timeout: 300_000,
  reporter: [['list']],
  use: { ...tests.use, data: keptData('scored'), students: 'all' } as object,
});
