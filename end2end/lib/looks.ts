import type { Page } from './fixtures.js';

declare global {
  interface Window {
    /** How long each look at a code took: verifying, parsing, deciding; in milliseconds. */
    looks: number[];
  }
}

/** Has the pages that are opened from now on note what the gate tells the profiler. */
export async function noteLooks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const looks: number[] = [];
    window.looks = looks;
    new PerformanceObserver((list) => {
      looks.push(...list.getEntriesByName('gate look').map(({ duration }) => duration));
    }).observe({ type: 'measure' });
  });
}

/** The looks that the page has noted. */
export const looks = (page: Page): Promise<number[]> => page.evaluate(() => window.looks);

/** The value below which this share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
