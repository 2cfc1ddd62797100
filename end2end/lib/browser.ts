import type { LaunchOptions } from '@playwright/test';

/** Debian's Chromium: Playwright's own download is neither needed nor wanted. */
export const CHROMIUM = '/usr/bin/chromium';

const isRoot = process.getuid?.() === 0;

/** Chromium's sandbox does not work as root; a test browser has no business with Google's hosts. */
export const CHROMIUM_ARGS = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const launchOptions: LaunchOptions = {
  executablePath: CHROMIUM,
  chromiumSandbox: !isRoot,
  args: CHROMIUM_ARGS,
};
