import type { Code, Pose } from './camera.js';
import { expect, type Page } from './fixtures.js';
import { readQrCode } from './qr.js';

let made = 0;

/**
 * Makes a gate and a device's code as the school's administrator, and enrols the browser of `device` with it; at a gate
 * that is there already where one is named: a school has only so many, and kept data keeps them.
 */
export async function enrol(admin: Page, device: Page, gate?: string): Promise<{ school: string; name: string; called: string }> {
  made += 1;
  const name = gate ?? `东门${process.pid % 1000}-${made}`;
  const called = `平板${process.pid % 1000}-${made}`;
  await admin.goto('/');
  const school = new URL(admin.url()).pathname;
  await admin.goto(`${school}/gates`);
  if (gate === undefined) {
    const adding = admin.locator('form:has(button[value=add])');
    await adding.locator('[name=name]').fill(name);
    await adding.locator('button[value=add]').click();
    await admin.goto(`${school}/gates`);
  }
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

/** A printed card, and what the verdict says about its holder: no two of a list say the same. */
export interface Card {
  code: Code;
  name: string;
  className: string;
}

/** Prints cards until so many children who may come in today have one, and gives those. */
export async function greenCards(admin: Page, count: number): Promise<Card[]> {
  const taken = new Map<string, Card>();
  for (const path of await classes(admin)) {
    if (taken.size >= count) break;
    await admin.goto(path);
    const green = new Set(await admin.locator('tr:has(.chip.t-green) td:first-child').allInnerTexts());
    await printed(admin, path);
    const cards = await admin.locator('.pass-card').evaluateAll((found) =>
      found.map((card) => {
        const [className, seat] = card.querySelector('p')!.textContent.split(/\s+/);
        const svg = card.querySelector('svg')!;
        const code = { path: svg.querySelector('path')!.getAttribute('d')!, side: svg.viewBox.baseVal.width };
        return { code, name: card.querySelector('b')!.textContent, className: className!, seat: Number.parseInt(seat!) };
      }),
    );
    for (const { seat, ...card } of cards) if (green.has(String(seat))) taken.set(card.name + card.className, card);
  }
  if (taken.size < count) throw new Error(`only ${taken.size} children may come in`);
  return [...taken.values()].slice(0, count);
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
  // A click waits for nothing, and a long page is there in part before it is there.
  await admin.locator('.pass-card').first().waitFor();
  await admin.waitForLoadState('domcontentloaded');
}

/** Cards are held as they come: nearer and farther, straight and not. */
export const pose = (at: number): Pose => ({
  side: 0.5 + 0.06 * (at % 5),
  turned: [0, 4, -7, 12, -3, 0, -12][at % 7]!,
  off: [[0, 0], [0.12, -0.05], [-0.2, 0.04]][at % 3] as [number, number],
});

/**
 * Holds a card before a painted camera until the verdict about its holder stands in the page; gives how long that took,
 * in milliseconds of the page's own clock.
 */
export const hold = (page: Page, card: Card, how: Pose): Promise<number> =>
  page.evaluate(
    ({ card: { code, name, className }, how }) =>
      new Promise<number>((told) => {
        const place = document.querySelector('.g-verdict')!.parentElement!;
        let since = Number.NaN;
        const watch = new MutationObserver(() => {
          const who = place.querySelector('.g-who')?.textContent ?? '';
          if (!who.startsWith(name) || !who.includes(className)) return;
          watch.disconnect();
          told(performance.now() - since);
        });
        watch.observe(place, { subtree: true, childList: true, characterData: true, attributes: true });
        since = window.view.hold(code, how);
      }),
    { card, how },
  );

/** The verdict on the page. */
export const verdict = (page: Page) => page.locator('.g-verdict');
