import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { expectNoAxeFindings } from '../lib/axe.js';
import { Device, film, filmWall, paintedCamera, scan } from '../lib/camera.js';
import { join, newChild } from '../lib/family.js';
import { expect, type Page, test } from '../lib/fixtures.js';
import { cards, enrol, greenCards, hold, pose, shortCodes, verdict } from '../lib/gate.js';

let logins = 0;
const freshLogin = () => `gate${process.pid}x${(logins += 1)}`;

/** A device whose camera looks at a grey wall. */
async function inFrontOfTheWall(admin: Page, baseURL: string, go: (device: Device) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path(tmpdir(), 'fuxue-film-'));
  const video = path(folder, 'wall.mjpeg');
  await filmWall(admin, video);
  const device = await Device.start({ baseURL, video });
  try {
    await go(device);
  } finally {
    await device.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until the server has all that the device has written down. */
const handedIn = (page: Page) => expect(page.locator('.g-net')).toContainText('已全部上传', { timeout: 60_000 });

test('a live pass before the camera is let in, and the same picture is refused once it is stale @js @desktop', async ({ as, page, baseURL }) => {
  test.setTimeout(120_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await join(page, child, freshLogin());
  await page.getByRole('button', { name: /一切正常/ }).click();
  await expect(page).toHaveURL(/\/code/);
  const folder = mkdtempSync(path(tmpdir(), 'fuxue-film-'));
  const video = path(folder, 'pass.mjpeg');
  await film(page, page.locator('.code .qr'), video);
  let device = await Device.start({ baseURL: baseURL!, video });
  try {
    await enrol(admin, device.page);
    device = await device.restart();
    await device.page.clock.install();
    await device.page.goto('/gate');
    await expect(verdict(device.page)).toContainText('放行', { timeout: 30_000 });
    await expect(verdict(device.page)).toContainText(child.className);
    await device.context.setOffline(true);
    await device.page.clock.fastForward('06:00');
    await expect(verdict(device.page)).toContainText('请勿入校', { timeout: 30_000 });
    await expect(verdict(device.page)).toHaveAttribute('data-why', 'expired');
    await expectNoAxeFindings(device.page);
  } finally {
    await device.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the screen stays on, and there is no button for a torch that the camera does not have @js @desktop', async ({ as, baseURL }) => {
  const admin = await as('school_admin');
  await inFrontOfTheWall(admin, baseURL!, async ({ page }) => {
    await page.addInitScript(() => {
      const request = WakeLock.prototype.request;
      WakeLock.prototype.request = function (type) {
        document.documentElement.dataset['awake'] = type;
        return request.call(this, type);
      };
    });
    await enrol(admin, page);
    await expect(page.locator('.g-cam.live')).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-awake', 'screen');
    await expect(page.locator('.g-torch')).toHaveCount(0);
  });
});

test('the torch is switched on and off where the camera has one @js @desktop', async ({ as, baseURL }) => {
  const admin = await as('school_admin');
  await inFrontOfTheWall(admin, baseURL!, async ({ page }) => {
    await page.addInitScript(() => {
      // Chromium's camera of tests has none.
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true }) as MediaTrackCapabilities;
      MediaStreamTrack.prototype.applyConstraints = async (wanted) => {
        document.documentElement.dataset['wanted'] = JSON.stringify(wanted);
      };
    });
    await enrol(admin, page);
    const torch = page.getByRole('button', { name: '手电' });
    for (const isOn of [true, false]) {
      await torch.click();
      await expect(torch).toHaveAttribute('aria-pressed', String(isOn));
      await expect(page.locator('html')).toHaveAttribute('data-wanted', JSON.stringify({ advanced: [{ torch: isOn }] }));
    }
  });
});

test("the browser's own detector reads where there is one @js @desktop", async ({ as, baseURL }) => {
  const admin = await as('school_admin');
  const [text] = await cards(admin, 1);
  await inFrontOfTheWall(admin, baseURL!, async ({ page }) => {
    await page.addInitScript((rawValue) => {
      // Debian's Chromium has none. The wall shows no code, so that only this one can have read it.
      class Detector {
        static getSupportedFormats = async () => ['code_39', 'qr_code'];
        constructor(readonly how: { formats: string[] }) {}
        detect = async (seen: unknown) => (seen instanceof HTMLVideoElement && this.how.formats.join() === 'qr_code' ? [{ rawValue }] : []);
      }
      Object.assign(window, { BarcodeDetector: Detector });
    }, text!);
    await enrol(admin, page);
    await expect(verdict(page)).toHaveAttribute('data-why', /.+/);
    await expect(page.locator('.g-seen')).toContainText('1 人');
  });
});

test('a scanner that types a whole pass gets its verdict, wherever the focus is @js @desktop', async ({ as, page }) => {
  const admin = await as('school_admin');
  const [first, second] = await cards(admin, 2);
  await enrol(admin, page);
  await scan(page, first!);
  await expect(verdict(page)).toHaveAttribute('data-why', /.+/);
  await expect(page.locator('.g-seen')).toContainText('1 人');
  await page.locator('#gate-code').focus();
  await scan(page, second!);
  await expect(page.locator('.g-seen')).toContainText('2 人');
  await expect(page.locator('#gate-code')).toHaveValue('');
});

test('two hundred scans without a network outlast a restart and arrive once each @js @desktop', async ({ as, baseURL }) => {
  test.setTimeout(240_000);
  const admin = await as('school_admin');
  const codes = await shortCodes(admin, 200);
  expect(codes.length).toBe(200);
  let device = await Device.start({ baseURL: baseURL! });
  try {
    const { school, name } = await enrol(admin, device.page);
    await device.context.setOffline(true);
    for (const [at, code] of codes.entries()) {
      await scan(device.page, code);
      await expect(device.page.locator('.g-net')).toContainText(`${at + 1} 条待上传`);
    }
    device = await device.restart();
    await device.page.goto('/gate');
    await handedIn(device.page);
    await device.page.reload();
    await handedIn(device.page);
    await admin.goto(`${school}/gates/day`);
    await admin.locator('[name=gate]').selectOption({ label: name });
    await admin.getByRole('button', { name: '查找' }).click();
    await expect(admin.locator('main')).toContainText('共 200 条');
  } finally {
    await device.stop();
  }
});

test('the page opens without a network, and goes on deciding @js @desktop', async ({ as, baseURL }) => {
  test.setTimeout(120_000);
  const admin = await as('school_admin');
  const [code] = await shortCodes(admin, 1);
  const device = await Device.start({ baseURL: baseURL! });
  try {
    await enrol(admin, device.page);
    const isKept = () => device.page.evaluate(async () => (await caches.match('/gate', { ignoreVary: true })) !== undefined);
    await expect.poll(isKept, { timeout: 20_000 }).toBe(true);
    await device.context.setOffline(true);
    await device.page.reload();
    await expect(device.page.locator('.g-net')).toContainText('离线', { timeout: 20_000 });
    await scan(device.page, code!);
    await expect(verdict(device.page)).toHaveAttribute('data-why', /.+/);
    const kept = await device.page.evaluate(async () => {
      const cache = await caches.open('fuxue-gate');
      return (await cache.keys()).map((request) => new URL(request.url).pathname);
    });
    expect(kept.some((name) => name.startsWith('/gate/api'))).toBe(false);
  } finally {
    await device.stop();
  }
});

test('two guards see the same child, and a device that was cut off decides nothing @js @desktop', async ({ as, browser, baseURL }) => {
  test.setTimeout(120_000);
  const admin = await as('school_admin');
  const [code] = await shortCodes(admin, 1);
  const contexts = [await browser.newContext({ baseURL: baseURL! }), await browser.newContext({ baseURL: baseURL! })];
  try {
    const [first, second] = await Promise.all(contexts.map((context) => context.newPage()));
    const { school, name } = await enrol(admin, first!);
    const { called } = await enrol(admin, second!);
    await scan(first!, code!);
    await expect(verdict(first!)).toHaveAttribute('data-why', /.+/);
    const told = await verdict(first!).getAttribute('data-why');
    await handedIn(first!);
    await second!.reload();
    await expect(second!.locator('.g-net')).toContainText('在线', { timeout: 20_000 });
    await scan(second!, code!);
    await expect(verdict(second!)).toHaveAttribute('data-why', told!);
    if (told === 'green') await expect(second!.locator('.g-came')).toContainText(name);

    await admin.goto(`${school}/gates`);
    await admin.getByRole('link', { name: `停用${called}` }).click();
    await admin.locator('button[value=cut]').click();
    await second!.reload();
    await expect(second!.locator('.g-net')).toContainText('本机已停用', { timeout: 20_000 });
    await scan(second!, code!);
    await expect(verdict(second!)).toContainText('请勿入校');
  } finally {
    await Promise.all(contexts.map((context) => context.close()));
  }
});

test('thirty children a minute are let in by the camera, without a hand on the page @js @desktop', async ({ as, page }) => {
  test.setTimeout(60_000 + 60_000); // a minute to get ready, and one for the children
  const admin = await as('school_admin');
  const children = await greenCards(admin, 30);
  await paintedCamera(page);
  await enrol(admin, page);
  for (const [at, child] of children.entries()) {
    await hold(page, child, pose(at));
    await expect(verdict(page)).toHaveClass(/admit/);
    await expect(page.locator('.g-seen')).toContainText(`${at + 1} 人`);
  }
});

test('a slip, a high temperature and its second measurement @js', async ({ as, baseURL, viewport }) => {
  test.setTimeout(120_000);
  const admin = await as('school_admin');
  const child = await newChild(admin);
  await admin.goto(`${child.classPath}/cards`);
  await admin.locator('button[name=everybody]').click();
  const code = (await admin.locator('.pass-card .short-code b').first().textContent())!;
  const device = await Device.start({ baseURL: baseURL!, viewport: viewport! });
  const { page } = device;
  try {
    await page.clock.install();
    await enrol(admin, page);
    await expectNoAxeFindings(page);
    await scan(page, code);
    await expect(verdict(page)).toContainText('先报告');
    await expectNoAxeFindings(page);
    await page.getByRole('button', { name: '收到签字条' }).click();
    await page.getByText('条已收').click();
    for (const key of ['3', '7', '.', '8']) await page.getByRole('button', { name: key, exact: true }).click();
    await expectNoAxeFindings(page);
    await page.getByRole('button', { name: '请等候复测' }).click();
    await expect(verdict(page)).toHaveAttribute('data-why', 'measure_again');
    const waiting = page.locator('.g-wait');
    await expect(waiting).toContainText('还有');
    await expect(waiting.getByRole('button', { name: '复测' })).toBeDisabled();
    await expectNoAxeFindings(page);
    await page.context().setOffline(true);
    await page.clock.fastForward('10:05');
    await waiting.getByRole('button', { name: '复测' }).click();
    await page.locator('#gate-by').fill('周敏');
    await page.locator('#gate-temp').fill('36.6');
    await page.getByRole('button', { name: '记下复测' }).click();
    await expect(verdict(page)).toContainText('先报告');
    await page.getByRole('button', { name: '收到签字条' }).click();
    await page.getByText('条已收').click();
    await page.locator('#gate-temp').fill('366');
    await page.getByRole('button', { name: '记下，临时放行' }).click();
    await expect(verdict(page)).toHaveAttribute('data-why', 'provisional');
    await page.getByRole('button', { name: '今天', exact: true }).click();
    await expectNoAxeFindings(page);
    await page.getByRole('button', { name: '撤销', exact: true }).first().click();
    await page.getByRole('button', { name: '确定撤销' }).click();
    await expect(page.locator('.undone')).toHaveCount(1);
  } finally {
    await device.stop();
  }
});

test('a code is looked up without script @nojs', async ({ as, page }) => {
  const admin = await as('school_admin');
  const [code] = await shortCodes(admin, 1);
  await admin.goto('/');
  const school = new URL(admin.url()).pathname;
  await admin.goto(`${school}/gates`);
  const adding = admin.locator('form:has(button[value=add])');
  const name = `西门${process.pid % 1000}${Date.now() % 1000}`;
  await adding.locator('[name=name]').fill(name);
  await adding.locator('button[value=add]').click();
  await admin.goto(`${school}/gates`);
  const coding = admin.locator('form:has(button[value=code])');
  await coding.locator('[name=gate]').selectOption({ label: name });
  await coding.locator('[name=device]').fill('旧手机');
  await coding.locator('button[value=code]').click();
  const device = /\/gate\?code=([0-9A-Za-z-]+)/.exec(await admin.content())?.[1] ?? '';
  await page.goto(`/gate?code=${device}`);
  await page.getByRole('button', { name: '登记' }).click();
  await page.locator('[name=code]').fill(code!);
  await page.getByRole('button', { name: '查' }).click();
  await expect(verdict(page)).toContainText(/放行|请勿入校|先报告/);
  await expectNoAxeFindings(page);
  await page.locator('[name=code]').fill('000000');
  await page.getByRole('button', { name: '查' }).click();
  await expect(verdict(page)).toContainText('请勿入校');
  const steps = page.getByRole('list').filter({ hasText: '请到旁边的等候区' });
  expect(await steps.getByRole('listitem').count()).toBeGreaterThan(1);
  await expect(steps).toHaveCSS('list-style-type', 'decimal');
});

test('a report without a network is kept, said to be unsent, and sent once @js @phone', async ({ as, baseURL, viewport }) => {
  test.setTimeout(60_000);
  const child = await newChild(await as('school_admin'));
  const phone = await Device.start({ baseURL: baseURL!, viewport: viewport! });
  const { page } = phone;
  try {
    await join(page, child, freshLogin());
    await page.waitForLoadState('networkidle');
    await phone.context.setOffline(true);
    await page.getByRole('button', { name: /一切正常/ }).click();
    await expect(page.locator('.kept-report')).toContainText('还没有交');
    await expectNoAxeFindings(page);
    await phone.context.setOffline(false);
    await expect(page).toHaveURL(/\/code/, { timeout: 30_000 });
    await expect(page.locator('main')).toContainText('可返校');
    const left = await page.evaluate(async () => (await indexedDB.databases()).map((database) => database.name));
    expect(left).not.toContain('fuxue-report');
  } finally {
    await phone.stop();
  }
});
