import { expectNoAxeFindings } from '../lib/axe.js';
import { join, newChild } from '../lib/family.js';
import { expect, test } from '../lib/fixtures.js';

/** What changes from morning to morning is hidden; places and headings stay. */
const WITHOUT_DATA = `
  .stage * { visibility: hidden !important; }
  .stage section, .stage h1, .stage h2, .stage h2 *, .stage dt, .stage dt * { visibility: visible !important; }
`;

let logins = 0;
const freshLogin = () => `family${process.pid}x${(logins += 1)}`;

test('a roster, a slip, a guardian, one click, a green code', async ({ as, page }) => {
  const child = await newChild(await as('school_admin'));
  await join(page, child, freshLogin());
  await expectNoAxeFindings(page);
  await page.getByRole('button', { name: /一切正常/ }).click();
  await expect(page).toHaveURL(/\/code/);
  await expect(page.locator('main')).toContainText('可返校');
  await expect(page.locator('main')).toContainText(child.className);
  await expectNoAxeFindings(page);
});

test('symptoms turn the code yellow, and the teacher and the open screen see it', async ({ as, page, javaScriptEnabled }) => {
  test.setTimeout(60_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, freshLogin());
  const screen = await as('bureau_viewer');
  await screen.goto('/bureau/330503/screen');
  const feed = screen.locator('main');
  const masked = `${child.name[0]}*${child.name.at(-1)}`;
  await expect(feed).not.toContainText(child.className);
  await page.getByRole('link', { name: /详细填写/ }).click();
  await page.locator('[name=temperature]').fill('36.8');
  await page.getByText('咳嗽', { exact: true }).click({ force: true });
  await expectNoAxeFindings(page);
  await page.locator('form:has([name=temperature]) button[type=submit], form:has([name=temperature]) button:not([type])').last().click();
  await expect(page).toHaveURL(/\/code/);
  await expect(page.locator('main')).toContainText('观察中');
  await expect(page.locator('main')).toContainText(/到 ?\d+月\d+日/);
  if (javaScriptEnabled) {
    await expect(feed).toContainText(child.className, { timeout: 3_000 });
    await expect(feed).toContainText(masked);
  }
  await admin.goto(child.classPath);
  await expect(admin.locator('main')).toContainText('观察中');
  await expect(admin.locator('main')).toContainText(child.name);
});

test('a typing error keeps what was typed, and a correction goes by way of the teacher', async ({ as, page }) => {
  test.setTimeout(60_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, freshLogin());
  await page.getByRole('link', { name: /详细填写/ }).click();
  const send = page.locator('form:has([name=temperature]) button[type=submit], form:has([name=temperature]) button:not([type])').last();
  await page.locator('[name=temperature]').fill('387');
  await page.getByText('都没有', { exact: true }).first().click({ force: true });
  await page.locator('[name=note]').fill('昨晚睡得晚');
  await send.click();
  await expect(page.locator('main')).toContainText('改为 38.7');
  await expect(page.locator('[name=note]')).toHaveValue('昨晚睡得晚');
  await expectNoAxeFindings(page);
  await page.getByRole('button', { name: /改为 38\.7/ }).click();
  await expect(page.locator('#temperature')).toHaveValue('38.7');
  await send.click();
  await expect(page.locator('main')).toContainText('隔离中');

  await page.goto('/family');
  await page.locator('a[href*="/report"]').first().click();
  await page.locator('[name=temperature]').fill('36.7');
  await send.click();
  await expect(page).not.toHaveURL(/\/report/);
  await page.goto('/family');
  await expect(page.locator('body')).toContainText('隔离中');

  await admin.goto(`${child.classPath}/inbox`);
  await expect(admin.locator('main')).toContainText(child.name);
  await expectNoAxeFindings(admin);
  await admin.locator('[name=note]').first().fill('家长来电：少打了小数点');
  await admin.locator('button[value=confirm], button:has-text("确认")').first().click();
  await page.goto('/family');
  await expect(page.locator('body')).not.toContainText('隔离中');
});

test('two guardians of one child do not overwrite each other', async ({ as, page, browser, demo }) => {
  test.setTimeout(60_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, freshLogin());
  const other = await browser.newContext({ baseURL: demo.url, viewport: { width: 360, height: 800 } });
  const father = await other.newPage();
  await admin.goto(`${child.classPath}/slips`);
  await admin.locator('input[name=person]').first().focus();
  await admin.keyboard.press('Space');
  await admin.getByRole('button', { name: /打印勾选/ }).click();
  const slip = (await admin.locator('body').textContent())?.match(/[2-9A-Y]{4}-[2-9A-Y]{4}-[2-9A-Y]{4}/)?.[0];
  await join(father, child, freshLogin(), `/join/${slip}`);
  // Both have the page open; the mother reports a fever, the father's page is older.
  await father.goto('/family');
  await page.getByRole('link', { name: /详细填写/ }).click();
  await page.locator('[name=temperature]').fill('37.6');
  await page.getByText('都没有', { exact: true }).first().click({ force: true });
  await page.locator('form:has([name=temperature]) button[type=submit], form:has([name=temperature]) button:not([type])').last().click();
  await expect(page.locator('main')).toContainText('观察中');
  await Promise.all([father.waitForEvent('load'), father.getByRole('button', { name: /一切正常/ }).click()]);
  await father.goto('/family');
  await expect(father.locator('body')).toContainText('观察中');
  await other.close();
});

test('two children of one guardian keep a code each', async ({ as, page }) => {
  test.setTimeout(60_000);
  const admin = await as('school_admin');
  const [elder, younger] = [await newChild(admin), await newChild(admin)];
  await join(page, elder, freshLogin());
  await join(page, younger);
  const given = (child: { name: string }) => child.name.slice(1);
  await expect(page.locator('main')).toContainText(given(elder));
  await expectNoAxeFindings(page);

  const tab = (child: { name: string }) => page.locator('a[href*="child="]', { hasText: given(child) }).first();
  await tab(younger).click();
  await page.getByRole('link', { name: /详细填写/ }).click();
  await page.locator('[name=temperature]').fill('36.8');
  await page.getByText('咳嗽', { exact: true }).click({ force: true });
  await page.locator('form:has([name=temperature]) button[type=submit], form:has([name=temperature]) button:not([type])').last().click();
  await expect(page.locator('main')).toContainText('观察中');

  await page.goto('/family');
  await tab(elder).click();
  await page.getByRole('button', { name: /一切正常/ }).click();
  await expect(page).toHaveURL(/\/code/);
  await expect(page.locator('main')).toContainText('可返校');
  await expect(page.locator('main')).toContainText(elder.className);
  await expect(page.locator('main')).not.toContainText('观察中');
});

test('a teacher reports by proxy and the guardian sees it', async ({ as, page }) => {
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, freshLogin());
  await admin.goto(child.classPath);
  await admin.locator('a[href*="/proxy/"]').first().click();
  await admin.locator('[name=learned]').first().check({ force: true });
  await admin.locator('[name=how][value=well]').check({ force: true });
  await admin.getByRole('button', { name: /提交代报/ }).click();
  await page.goto('/family');
  await page.goto(await page.locator('a[href$="/days"]').first().getAttribute('href') as string);
  await expect(page.locator('main')).toContainText('代报');
});

test('the wrong role is told so, kindly', async ({ as }) => {
  const guardian = await as('guardian');
  for (const path of ['/bureau/330503', '/class/1', '/school/1', '/gate/1', '/bureau/330503/screen']) {
    const response = await guardian.goto(path);
    expect(response?.status(), path).toBe(403);
    await expect(guardian.locator('h1')).toHaveText('这里不能打开');
  }
});

test('the language is switched in place', async ({ page }) => {
  await page.goto('/signin');
  await page.getByRole('button', { name: /English/ }).click();
  await expect(page.locator('h1')).toHaveText('Sign in');
  await page.getByRole('button', { name: /中文/ }).click();
  await expect(page.locator('h1')).toHaveText('登录');
});

for (const [width, height, root] of [[1920, 1080, 16], [3840, 2160, 32]] as const) {
  test(`the big screen fits ${width}×${height} without scaling @desktop @js`, async ({ as }, testInfo) => {
    const page = await as('bureau_viewer');
    await page.setViewportSize({ width, height });
    await page.goto('/bureau/330503/screen');
    expect(await page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))).toBeCloseTo(root, 1);
    const outside = await page.evaluate(() =>
      Array.from(document.querySelectorAll('main *'))
        .map((element) => element.getBoundingClientRect())
        .filter((box) => box.width > 0 && (box.right > innerWidth + 1 || box.top < -1))
        .length,
    );
    expect(outside, 'nothing lies outside').toBe(0);
    expect(await page.evaluate(() => document.scrollingElement!.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
    await testInfo.attach('screen', { body: await page.screenshot(), contentType: 'image/png' });
    if (width === 1920) {
      // The frame as it was reviewed; numbers, charts and names differ from morning to morning, so only their places
      // are compared.
      await page.evaluate((css) => {
        // The page's policy allows no style element; a constructed sheet is none.
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        document.adoptedStyleSheets.push(sheet);
      }, WITHOUT_DATA);
      await expect(page).toHaveScreenshot('bureau-screen.png', { maxDiffPixelRatio: 0.02 });
    }
  });
}
