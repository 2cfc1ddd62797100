import { expectNoAxeFindings } from '../lib/axe.js';
import { expect, test } from '../lib/fixtures.js';

for (const locale of ['zh-CN', 'en-GB']) {
  test.describe(`sign-in page in ${locale}`, () => {
    test.use({ locale });

    test('has a title in the language of the browser and can be used by everyone', async ({ page }) => {
      const response = await page.goto('/signin');
      expect(response?.status()).toBe(200);
      await expect(page).toHaveTitle(/\S/);
      expect(await page.locator('html').getAttribute('lang')).toMatch(locale === 'zh-CN' ? /^zh/ : /^en/);
      await expectNoAxeFindings(page);
    });
  });
}

test('each account of the demo gets in @desktop', async ({ demo, as }) => {
  for (const role of new Set(demo.accounts.map((account) => account.role))) {
    const page = await as(role);
    const response = await page.goto('/');
    expect(response?.status(), role).toBe(200);
    expect(new URL(page.url()).pathname, role).not.toBe('/signin');
  }
});
