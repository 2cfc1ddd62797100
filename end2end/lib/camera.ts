import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Locator, type Page } from '@playwright/test';
import { CHROMIUM_ARGS, launchOptions } from './browser.js';

/** A phone's rear camera has about this many pixels a line in its preview. */
const WIDTH = 640;
const HEIGHT = 480;

/** What is filmed: one code, over and over. */
export async function film(page: Page, seen: Locator, path: string): Promise<void> {
  const code = await seen.screenshot({ type: 'png' });
  await filmed(page, `<img style="height:${HEIGHT * 0.8}px" src="data:image/png;base64,${code.toString('base64')}">`, path);
}

/** What is filmed: a grey wall without a code. */
export const filmWall = (page: Page, path: string): Promise<void> => filmed(page, '', path);

/** Writes one picture, over and over, as a file of JPEG pictures that Chromium plays as a camera. */
async function filmed(page: Page, shown: string, path: string): Promise<void> {
  const still = await page.context().newPage();
  await still.setViewportSize({ width: WIDTH, height: HEIGHT });
  await still.setContent(`<body style="margin:0;background:#556;display:grid;place-items:center;height:100vh">${shown}</body>`);
  const picture = await still.screenshot({ type: 'jpeg', quality: 92 });
  await still.close();
  writeFileSync(path, Buffer.concat(Array.from({ length: 4 }, () => picture)));
}

export interface DeviceOptions {
  baseURL: string;
  /** What is before the camera; no camera where absent. */
  video?: string;
  viewport?: { width: number; height: number };
}

/** A browser of its own that keeps what it has stored, as the one on a device does. */
export class Device {
  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly folder: string,
    private readonly options: DeviceOptions,
  ) {}

  /** Starts the browser, with a film before its camera where there is one. */
  static async start(options: DeviceOptions, folder = mkdtempSync(join(tmpdir(), 'fuxue-device-'))): Promise<Device> {
    const camera = options.video
      ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${options.video}`]
      : [];
    const context = await chromium.launchPersistentContext(folder, {
      ...launchOptions,
      args: [...CHROMIUM_ARGS, ...camera],
      baseURL: options.baseURL,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      viewport: options.viewport ?? { width: 1024, height: 768 },
      reducedMotion: 'reduce',
    });
    const page = context.pages()[0] ?? (await context.newPage());
    return new Device(context, page, folder, options);
  }

  /** Closes the browser and starts it anew, with what it had stored. */
  async restart(): Promise<Device> {
    await this.context.close();
    return Device.start(this.options, this.folder);
  }

  async stop(): Promise<void> {
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What a scanner that types like a keyboard does. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
