import { expectNoAxeFindings } from '../lib/axe.js';
import type { Role } from '../lib/demo.js';
import { expect, test, type Page } from '../lib/fixtures.js';

/** How many clicks from a role's start page. */
const DEPTH = 3;
/** Pages of the same kind that are looked at. */
const OF_A_KIND = 2;

/** The kind of a page: its path without numbers, and the names of its query. */
function kind(url: URL): string {
  return url.pathname.replaceAll(/\d+/g, 'N') + [...url.searchParams.keys()].sort().join('&');
}

/** The pages that links on this one lead to, downloads and streams left out. */
async function links(page: Page): Promise<URL[]> {
  const hrefs = await page.locator('a[href]:not([download])').evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
  return hrefs
    .map((href) => new URL(href))
    .filter((url) => url.origin === new URL(page.url()).origin)
    .filter((url) => !/\.(xlsx|csv|jws|json)$|\/(data|events|counts)$/.test(url.pathname))
    .map((url) => Object.assign(new URL(url), { hash: '' }));
}

const roles: Role[] = ['guardian', 'teacher', 'guard', 'school_admin', 'bureau_viewer', 'health_officer', 'bureau_admin'];
for (const [index, role] of roles.entries()) {
  // Each role in one language on the phone and in the other on the desk; both see all roles.
  for (const locale of ['zh-CN', 'en-GB']) {
    const where = (locale === 'zh-CN') === (index % 2 === 0) ? '@phone' : '@desktop';
    test.describe(`${role} in ${locale}`, () => {
      test.use({ locale });

      test(`every page that links lead to is whole ${where} @js`, async ({ as }) => {
        test.setTimeout(400_000);
        const page = await as(role);
        await page.setExtraHTTPHeaders({ 'accept-language': locale });
        const seen = new Map<string, number>();
        await page.goto('/');
        let waiting: URL[] = [new URL(page.url())];
        const faults: string[] = [];
        for (let depth = 0; depth <= DEPTH; depth += 1) {
          const next: URL[] = [];
          for (const url of waiting) {
            const times = seen.get(kind(url)) ?? 0;
            if (seen.has(url.href) || times >= OF_A_KIND) continue;
            seen.set(url.href, 1).set(kind(url), times + 1);
            const response = await page.goto(url.href);
            if (response?.status() !== 200) faults.push(`${url.pathname}: ${response?.status()}`);
            const headings = await page.locator('h1').count();
            if (headings !== 1) faults.push(`${url.pathname}${url.search}: ${headings} h1`);
            const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth);
            if (wide > 0) faults.push(`${url.pathname}${url.search}: ${wide} px too wide`);
            await expectNoAxeFindings(page).catch((error: Error) => faults.push(`${url.pathname}${url.search}: ${error.message}`));
            next.push(...(await links(page)));
          }
          waiting = next;
        }
        expect(faults).toEqual([]);
        expect(seen.size).toBeGreaterThan(2);
      });
    });
  }
}
