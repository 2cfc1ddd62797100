import { expectNoAxeFindings } from '../lib/axe.js';
import { join, newChild } from '../lib/family.js';
import { expect, test } from '../lib/fixtures.js';
import { readQrCode } from '../lib/qr.js';

/** What a pass looks like to a scanner: the prefix, then Base45, in all at most what version 11-Q holds. */
const PASS = /^FX1:[0-9A-Z $%*+\-./:]{150,255}$/;

test('a scanner reads the live code, the letter and the card, in the light and in the dark', async ({ as, page, javaScriptEnabled }) => {
  test.setTimeout(60_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, `pass${process.pid}x${Date.now()}`);
  await page.getByRole('button', { name: /一切正常/ }).click();
  await expect(page).toHaveURL(/\/code/);
  const state = javaScriptEnabled ? '自动更新中' : '出示前请先刷新';
  await expect(page.locator('.pass-state')).toContainText(state);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await readQrCode(page.locator('.code'))).toMatch(PASS);
  }
  await page.getByRole('link', { name: '打印今天的证明' }).click();
  await expectNoAxeFindings(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await readQrCode(page.locator('.letter'))).toMatch(PASS);
  }

  await admin.goto(`${child.classPath}/cards`);
  await expectNoAxeFindings(admin);
  await admin.locator('button[name=everybody]').click();
  await expectNoAxeFindings(admin);
  for (const colorScheme of ['light', 'dark'] as const) {
    await admin.emulateMedia({ colorScheme });
    expect(await readQrCode(admin.locator('.pass-card').first())).toMatch(PASS);
  }
});
