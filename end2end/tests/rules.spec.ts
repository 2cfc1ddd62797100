import { expectNoAxeFindings } from '../lib/axe.js';
import { expect, test } from '../lib/fixtures.js';

const LIST = '/bureau/330503/rules';

/** A name of its own for each of the four ways, because the tests of a worker share one server. */
const freshName = (title: string): string => `e2e-${process.pid}-${title}-${Date.now().toString(36)}`;

test('a rule is written, tried, replayed, handed in and approved by a second person @desktop', async ({ as, javaScriptEnabled }) => {
  test.setTimeout(120_000);
  const officer = await as('health_officer');
  await officer.goto(LIST);
  await expectNoAxeFindings(officer);
  await officer.locator('form:not([enctype]) [name=id]').fill(freshName(javaScriptEnabled ? 'js' : 'plain'));
  await officer.locator('[name=title_zh]').fill('本区补充规则');
  await officer.locator('[name=title_en]').fill('Additions of the district');
  await officer.getByRole('button', { name: '新建草稿' }).click();
  await expect(officer.locator('main')).toContainText('草稿已建好');
  const draft = new URL(officer.url()).pathname;

  // A parameter of the rulebook above, stricter here.
  await officer.getByText('比上级规则更严的参数').click();
  await officer.locator('[name="m.cn-base.symptoms_days"]').fill('8');
  await officer.locator('#values').getByRole('button', { name: '存草稿' }).click();
  await expect(officer.locator('main')).toContainText('草稿已保存');
  await expect(officer.locator('[name="m.cn-base.symptoms_days"]')).toHaveValue('8');

  // A rule, its condition put together part by part.
  await officer.getByText('添加规则', { exact: true }).click();
  await officer.locator('[name=new_rule]').fill('Y-09');
  await officer.getByRole('button', { name: '添加并填写条件' }).click();
  await expect(officer).toHaveURL(new RegExp(`${draft}/Y-09`));
  const form = officer.locator('form#rule');
  await form.locator('details.menu summary').first().click();
  await form.getByRole('button', { name: '换成一个比较' }).first().click();
  await expect(form.locator('[name="num.r.1"]')).toBeVisible();
  await form.locator('[name="num.r.1"]').fill('371');
  await form.locator('[name="f.today.temperature_tenths"]').fill('37.2');
  if (!javaScriptEnabled) await form.getByRole('button', { name: '试一下' }).click();
  await expect(form).toContainText('符合，判为观察中');
  await form.locator('[name="f.today.temperature_tenths"]').fill('37.0');
  if (!javaScriptEnabled) await form.getByRole('button', { name: '试一下' }).click();
  await expect(form).toContainText('不符合，这条规则不起作用');
  await expectNoAxeFindings(officer);

  for (const [name, words] of Object.entries({
    label_zh: '本区低热',
    label_en: 'Mild fever here',
    text_zh: '{start} 体温 {temperature}，这一天请在家观察。',
    text_en: '{temperature} on {start}. Please stay at home that day.',
    steps_zh: '在家休息',
    steps_en: 'Stay at home',
    reason: 'local_fever',
  })) {
    await form.locator(`[name=${name}]`).fill(words);
  }
  await form.getByRole('button', { name: '存草稿' }).click();
  await expect(officer.locator('main')).toContainText('草稿已保存');
  await expect(officer.locator('main')).toContainText('体温达到 37.1 ℃');

  // Replayed over the last days, then handed in.
  await officer.goto(draft);
  await expect(officer.locator('#findings')).toContainText('检查全部通过');
  await officer.getByRole('button', { name: '开始试算' }).click();
  await expect(officer.locator('#replay')).toContainText('名学生会变色', { timeout: 60_000 });
  await expectNoAxeFindings(officer);
  await officer.getByRole('button', { name: '提交批准' }).click();
  await expect(officer.locator('#life')).toContainText('待批准');
  await expect(officer.getByRole('button', { name: '批准并签名' })).toHaveCount(0);

  // The second person approves, and chooses the first day that keeps the notice.
  const admin = await as('bureau_admin');
  await admin.goto(draft);
  await admin.getByRole('button', { name: '批准并签名' }).click();
  await expect(admin.locator('#life')).toContainText('已批准');
  await admin.getByRole('button', { name: '安排生效' }).click();
  await expect(admin.locator('#life')).toContainText('待生效');
  await expectNoAxeFindings(admin);

  // What touches nobody else's tests: the day is taken back.
  await admin.getByRole('link', { name: '取消安排…' }).click();
  await admin.getByRole('button', { name: '取消安排' }).click();
  await expect(admin.locator('#life')).toContainText('已批准');
});

test('everybody reads how the colours are decided', async ({ page }) => {
  await page.goto('/signin');
  await page.getByRole('link', { name: '颜色是怎么判定的' }).click();
  await expect(page.locator('main')).toContainText('R-01');
  await expect(page.locator('main')).toContainText('隔离中');
  await expectNoAxeFindings(page);
});

test('a family reads why, in plain words', async ({ as }) => {
  const page = await as('guardian');
  await page.goto('/');
  const link = await page.locator('a[href*="/child/"]').first().getAttribute('href');
  const child = link?.match(/\/child\/\d+/)?.[0];
  if (child === undefined) throw new Error('no link to a child');
  await page.goto(`${child}/code`);
  await page.getByRole('link', { name: /为什么是这个颜色/ }).click();
  await expect(page.locator('main')).toContainText('哪条规则');
  await expectNoAxeFindings(page);
});
