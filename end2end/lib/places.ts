import type { Page } from '@playwright/test';
import type { Role } from './demo.js';

/** A page that is shown in the README or scored by `make bench`: whose it is, and the link to it from their home. */
interface Place {
  role: Role;
  link?: string;
}

export const PLACES = {
  guardian: { role: 'guardian' },
  code: { role: 'guardian', link: 'a[href*="/code"]' },
  class: { role: 'teacher' },
  screen: { role: 'bureau_viewer', link: 'a[href*="/screen"]' },
} satisfies Record<string, Place>;

/** The demo's guardian has a second child, who has reported and is observing: that code has more to show. */
const SECOND_CHILD = 'a[href*="child="]';

/** Opens the place in a page signed in for its role, by way of the links that a person would follow. */
export async function openPlace(as: (role: Role) => Promise<Page>, name: keyof typeof PLACES): Promise<Page> {
  const place: Place = PLACES[name];
  const page = await as(place.role);
  await page.goto('/');
  if (name === 'code') await page.locator(SECOND_CHILD).last().click();
  if (place.link) {
    const target = await page.locator(place.link).first().getAttribute('href');
    if (target === null) throw new Error(`${place.link} is no link`);
    await page.goto(target);
  }
  return page;
}
