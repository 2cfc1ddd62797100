import { expectNoAxeFindings } from '../lib/axe.js';
import { newChild } from '../lib/family.js';
import { expect, test } from '../lib/fixtures.js';

const WORDS = {
  'zh-CN': {
    language: '中文',
    way: '用表格录入',
    download: '下载表格',
    upload: '上传并录入',
    heads: '姓名,有签字纸面,体温,不舒服',
    taken: '收下 1 份',
    known: '收下 0 份，1 份以前就收下了',
    channel: '纸面，用表格录入',
  },
  'en-GB': {
    language: 'English (EN)',
    way: 'Enter from a table',
    download: 'Download the table',
    upload: 'Upload and enter',
    heads: 'Name,Signed paper,Temperature,Symptoms',
    taken: '1 taken',
    known: '0 taken, 1 had been taken before',
    channel: 'paper, from a table',
  },
};

for (const [locale, words] of Object.entries(WORDS)) {
  test(`paper forms come from a table, each once, and what is wrong is named, in ${locale}`, async ({ as }) => {
    test.setTimeout(60_000);
    const page = await as('school_admin');
    const child = await newChild(page);
    await page.goto(`${child.classPath}/paper`);
    await page.getByRole('button', { name: words.language }).click();
    await page.getByRole('link', { name: words.way }).click();
    await expect(page).toHaveURL(/\/paper\/table$/);
    await expectNoAxeFindings(page);

    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: words.download }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^paper-\d+-\d{4}-\d\d-\d\d\.xlsx$/);

    const send = async (temperature: string) => {
      const buffer = Buffer.from(`${words.heads}\n${child.name},√,${temperature},\n`);
      await page.setInputFiles('input[type=file]', { name: 'paper.csv', mimeType: 'text/csv', buffer });
      await page.locator('[name=signed]').check({ force: true });
      await page.getByRole('button', { name: words.upload }).click();
    };
    const said = page.locator('.notice[role=status]');
    await send('365');
    await expect(page.locator('.errors')).toBeVisible();
    await expect(page.locator('#rows')).toContainText(child.name);
    await expect(page.locator('#rows')).toContainText('36.5');
    await expectNoAxeFindings(page);
    const wide = await page.evaluate(() => document.scrollingElement!.scrollWidth - window.innerWidth);
    expect(wide, 'nothing is wider than the page').toBeLessThanOrEqual(0);

    await send('36.5');
    await expect(said).toContainText(words.taken);
    await expectNoAxeFindings(page);
    await send('36.5');
    await expect(said).toContainText(words.known);

    // Whoever has reported is not overwritten, but named, with the way to their page.
    await send('36.6');
    await page.locator('#rows').getByRole('link', { name: child.name }).click();
    await expect(page.locator('main')).toContainText(words.channel);
    await expect(page.locator('main')).toContainText('36.5');
  });
}
