import { expect, type Page } from './fixtures.js';

let made = 0;

/** Makes a gate and a device's code as the school's administrator, and enrols the browser of `device` with it. */
export async function enrol(admin: Page, device: Page): Promise<{ school: string; name: string; called: string }> {
  made += 1;
  const name = `东门${process.pid % 1000}-${made}`;
  const called = `平板${process.pid % 1000}-${made}`;
  await admin.goto('/');
  const school = new URL(admin.url()).pathname;
  await admin.goto(`${school}/gates`);
  const adding = admin.locator('form:has(button[value=add])');
  await adding.locator('[name=name]').fill(name);
  await adding.locator('button[value=add]').click();
  await admin.goto(`${school}/gates`);
  const coding = admin.locator('form:has(button[value=code])');
  await coding.locator('[name=gate]').selectOption({ label: name });
  await coding.locator('[name=device]').fill(called);
  await coding.locator('button[value=code]').click();
  const code = /\/gate\?code=([0-9A-Za-z-]+)/.exec(await admin.content())?.[1];
  if (code === undefined) throw new Error('no code for the device');
  await device.goto(`/gate?code=${code}`);
  await device.getByRole('button', { name: '登记' }).click();
  await expect(device.locator('.g-net')).toContainText('在线', { timeout: 20_000 });
  return { school, name, called };
}

/** Prints cards until there are so many, and gives the short codes on them. */
export async function shortCodes(admin: Page, count: number): Promise<string[]> {
  await admin.goto('/');
  const classes = await admin.locator('a[href^="/class/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  const paths = [...new Set(classes.map((href) => /^\/class\/[^/?]+/.exec(href)?.[0] ?? ''))].filter(Boolean);
  const codes = new Set<string>();
  for (const path of paths) {
    if (codes.size >= count) break;
    await admin.goto(`${path}/cards`);
    const everybody = admin.locator('button[name=everybody]');
    if ((await everybody.count()) > 0) {
      await everybody.click();
    } else {
      for (const box of await admin.locator('[name=person]').all()) await box.check({ force: true });
      await admin.getByRole('button', { name: /打印勾选/ }).click();
    }
    for (const code of await admin.locator('.pass-card .short-code b').allTextContents()) codes.add(code);
  }
  return [...codes].slice(0, count);
}

/** The verdict on the page. */
export const verdict = (page: Page) => page.locator('.g-verdict');
