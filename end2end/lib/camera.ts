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

/** What a QR code looks like: lines over its dark modules as the path of an SVG, and how many modules a side has. */
export interface Code {
  path: string;
  side: number;
}

/** How somebody holds a card before the camera. */
export interface Pose {
  /** The code's side, as a share of the picture's height. */
  side: number;
  /** How far the card is turned, in degrees. */
  turned: number;
  /** How far it is from the middle, as a share of the picture's height. */
  off: [number, number];
}

declare global {
  interface Window {
    /** What the test paints for a camera to see. */
    view: {
      /** Holds up a card; gives the moment in the page's own clock. */
      hold: (code: Code, pose: Pose) => number;
      /** Takes it away: only the wall is left. */
      clear: () => void;
    };
  }
}

/**
 * Gives the pages that are opened from now on a camera that sees what the test paints: a wall, and a card that is held
 * before it by a hand that is never quite still. All behind the camera is the gate's own: the stream, the picture, the
 * reader.
 */
export async function paintedCamera(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const [width, height] = [1280, 720]; // what the gate asks for
    const FINE = 8; // pixels a module
    const canvas = (width: number, height: number) => Object.assign(document.createElement('canvas'), { width, height });
    const view = canvas(width, height);
    const pen = view.getContext('2d', { alpha: false })!;
    let held: { card: HTMLCanvasElement; pose: Pose; side: number } | undefined;

    const drawn = ({ path, side }: Code) => {
      const quiet = 4;
      const size = (side + 2 * quiet) * FINE;
      const card = canvas(size, size);
      const ink = card.getContext('2d', { alpha: false })!;
      ink.fillStyle = '#fff';
      ink.fillRect(0, 0, card.width, card.height);
      ink.scale(FINE, FINE);
      ink.translate(quiet, quiet + 0.5);
      ink.strokeStyle = '#111';
      ink.stroke(new Path2D(path));
      return card;
    };
    const paint = () => {
      pen.resetTransform();
      pen.fillStyle = '#556';
      pen.fillRect(0, 0, width, height);
      if (!held) return;
      const { card, pose, side } = held;
      const now = performance.now() / 1000;
      const shakes = (hertz: number) => Math.sin(2 * Math.PI * hertz * now); // about a millimetre, half a degree
      const [x, y] = [pose.off[0] + 0.004 * shakes(2.3), pose.off[1] + 0.004 * shakes(3.1)];
      pen.translate(width / 2 + x * height, height / 2 + y * height);
      pen.rotate(((pose.turned + 0.5 * shakes(1.7)) * Math.PI) / 180);
      pen.scale((pose.side * height) / side, (pose.side * height) / side);
      pen.drawImage(card, -card.width / 2, -card.height / 2);
    };
    window.view = {
      hold(code, pose) {
        held = { card: drawn(code), pose, side: code.side * FINE };
        const since = performance.now();
        paint();
        return since;
      },
      clear() {
        held = undefined;
        paint();
      },
    };
    const film = () => {
      paint();
      requestAnimationFrame(film);
    };
    if (navigator.mediaDevices) {
      navigator.mediaDevices.getUserMedia = async () => {
        film();
        return view.captureStream(30);
      };
    }
  });
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
