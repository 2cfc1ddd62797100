import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';

/** What a scanner reads from the one QR code to be seen on a page, or in a part of it. */
export async function readQrCode(seen: Page | Locator): Promise<string> {
  const codes = await readQrCodes(seen);
  const [code] = codes;
  if (code === undefined || codes.length > 1) throw new Error(`One QR code expected, ${codes.length} seen`);
  return code;
}

/** What a scanner reads from all the QR codes to be seen on a page, or in a part of it. */
export async function readQrCodes(seen: Page | Locator): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fuxue-qr-'));
  try {
    const path = join(folder, 'seen.png');
    await seen.screenshot({ path });
    const options = ['--nodbus', '--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', path];
    return execFileSync('zbarimg', options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if ((error as { status?: number }).status === 4) return []; // zbarimg's way to say that it saw none
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
