import type { Page } from './fixtures.js';

/** What a page at the gate notes about itself. */
interface Notes {
  /** When a code came before the camera. */
  seen: number[];
  /** When something new stood in the verdict's place. */
  told: number[];
  /** How long each look at a code took: verifying, parsing, deciding. */
  looks: number[];
}

declare global {
  interface Window {
    notes: Notes;
  }
}

/**
 * Has the pages that are opened from now on note when a code comes before the camera (the film's white corner), when the
 * verdict changes, and what the gate tells the profiler. Times are the page's own, in milliseconds.
 */
export async function takeNotes(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const notes: Notes = { seen: [], told: [], looks: [] };
    window.notes = notes;
    new PerformanceObserver((list) => {
      notes.looks.push(...list.getEntriesByName('gate look').map(({ duration }) => duration));
    }).observe({ type: 'measure' });

    const corner = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
    const pixel = corner.getContext('2d', { willReadFrequently: true })!;
    const film = (video: HTMLVideoElement) => {
      let was = true; // a code that is there already came before anybody looked
      const frame = (now: number, { captureTime }: VideoFrameCallbackMetadata) => {
        pixel.drawImage(video, 8, 8, 1, 1, 0, 0, 1, 1);
        const is = pixel.getImageData(0, 0, 1, 1).data[0]! > 180;
        if (is && !was) notes.seen.push(Math.min(captureTime ?? now, now));
        was = is;
        video.requestVideoFrameCallback(frame);
      };
      video.requestVideoFrameCallback(frame);
    };
    const verdict = (place: Element) =>
      new MutationObserver(() => requestAnimationFrame(() => notes.told.push(performance.now()))).observe(place, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
      });
    document.addEventListener('DOMContentLoaded', () => {
      const video = document.querySelector('video');
      const place = document.querySelector('.g-verdict')?.parentElement;
      if (video && place) {
        film(video);
        verdict(place);
      }
    });
  });
}

/** What the page has noted. */
export const notes = (page: Page): Promise<Notes> => page.evaluate(() => window.notes);

/** From each code's coming into view to its verdict, for all codes that another one followed. */
export function waits({ seen, told }: Notes): number[] {
  return seen.slice(0, -1).map((from, at) => (told.find((when) => when >= from && when < seen[at + 1]!) ?? Infinity) - from);
}

/** The value below which this share of the values is. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
