import { expect, type Page } from './fixtures.js';
import { readQrCodes } from './qr.js';

let made = 0;

/** A child who has just come to the demo's school, in a class of their own. */
export interface Child {
  name: string;
  className: string;
  /** The path of the class's pages. */
  classPath: string;
  /** What the slips lead to, by order of the roster. */
  slip: string;
}

/** Brings a child to the school: the administrator uploads a roster, looks at the preview, and prints the slip. */
export async function newChild(admin: Page): Promise<Child> {
  made += 1;
  const number = 10 + ((process.pid + made * 7) % 80);
  const name = `林小${'满禾安宁乐一诺言'[made % 8]}`;
  const studentNo = `9${Date.now()}${made}`;
  const roster = `学号,姓名,性别,出生日期,年级,班级,家长1姓名,家长1关系,家长1手机\n${studentNo},${name},女,2012-05-06,三年级,${number}班,林爸,父亲,19912345678\n`;
  await admin.goto('/');
  const school = new URL(admin.url()).pathname;
  await admin.goto(`${school}/roster/import`);
  await admin.setInputFiles('input[type=file]', { name: 'roster.csv', mimeType: 'text/csv', buffer: Buffer.from(roster) });
  await admin.locator('form:has(input[type=file]) button').first().click();
  await admin.locator('button[name=action][value=apply]').click();
  await expect(admin.locator('main')).toContainText('1');
  await admin.goto(school);
  const classPath = await admin.locator(`a[href^="/class/"]:has-text("${number}班")`).last().getAttribute('href');
  if (classPath === null) throw new Error('the class is not on the school\'s page');
  await admin.goto(`${classPath}/slips`);
  await admin.locator('button[name=everybody]').click();
  const strip = admin.locator('.slip').first();
  const [slip] = await readQrCodes(strip);
  if (slip === undefined) throw new Error('no QR code on the slip');
  return { name, className: `三(${number})班`, classPath, slip };
}

/**
 * Somebody opens the slip on their phone, proves themselves, and consents. Without a login the child comes to the
 * account that is signed in.
 */
export async function join(page: Page, child: Child, login?: string, again = child.slip): Promise<void> {
  await page.goto(again);
  await page.locator('[name=birth]').fill('2012-05-06');
  await page.locator('[name=last_four]').fill('5678');
  await page.locator('[name=relation][value=mother]').check({ force: true });
  await page.locator('[name=name]').fill('林妈妈');
  if (login === undefined) {
    await expect(page.locator('[name=login]')).toHaveCount(0);
  } else {
    await page.locator('[name=login]').fill(login);
    await page.locator('[name=password]').fill('a good password');
    await page.locator('[name=again]').fill('a good password');
  }
  await page.locator('form:has([name=birth]) button').last().click();
  await page.locator('button[name=answer][value=given]').click();
  await page.goto('/family');
  await expect(page.locator('main')).toContainText(child.name.slice(1));
}
