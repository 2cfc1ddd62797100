import { expect, type Page } from './fixtures.js';
import { readQrCode } from './qr.js';

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
  const codes = new Set<string>();
  for (const path of await classes(admin)) {
    if (codes.size >= count) break;
    await printed(admin, path);
    for (const code of await admin.locator('.pass-card .short-code b').allTextContents()) codes.add(code);
  }
  return [...codes].slice(0, count);
}

/** Prints the cards of a class and gives what the QR codes on so many of them say. */
export async function cards(admin: Page, count: number): Promise<string[]> {
  const [path] = await classes(admin);
  if (path === undefined) throw new Error('the school has no class');
  await printed(admin, path);
  const taken: string[] = [];
  for (const card of (await admin.locator('.pass-card .qr').all()).slice(0, count)) {
    await card.evaluate((qr) => {
      Object.assign(qr.style, { position: 'fixed', inset: '0 auto auto 0', padding: '40px 39px 39px 40px', background: '#fff', zIndex: 9 });
      Object.assign(qr.querySelector('svg')!.style, { width: '305px', height: '305px' }); // five pixels a module
    });
    taken.push(await readQrCode(card));
    await card.evaluate((qr) => {
      for (const styled of [qr, qr.querySelector('svg')!]) styled.removeAttribute('style');
    });
  }
  return taken;
}

/** The paths of the classes on the school's page. */
async function classes(admin: Page): Promise<string[]> {
  await admin.goto('/');
  const links = await admin.locator('a[href^="/class/"]').evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  return [...new Set(links.map((href) => /^\/class\/[^/?]+/.exec(href)?.[0] ?? ''))].filter(Boolean);
}

/** Prints a card for everybody of a class. */
async function printed(admin: Page, path: string): Promise<void> {
  await admin.goto(`${path}/cards`);
  const everybody = admin.locator('button[name=everybody]');
  if ((await everybody.count()) > 0) {
    await everybody.click();
  } else {
    for (const box of await admin.locator('[name=person]').all()) await box.check({ force: true });
    await admin.getByRole('button', { name: /打印勾选/ }).click();
  }
}

/** The verdict on the page. */
export const verdict = (page: Page) => page.locator('.g-verdict');
