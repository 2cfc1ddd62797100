import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { type Account, Demo, type Role } from './demo.js';
import { watch } from './watch.js';

export { expect };
export type { Account, Page, Role };

type StorageState = Exclude<BrowserContextOptions['storageState'], string | undefined>;

interface WorkerFixtures {
  /** Number of students in the demo, or all of the full district. */
  students: number | 'all';
  /** The data folder of the demo; a temporary one where undefined. */
  data: string | undefined;
  /** One real server for all tests of a worker. */
  demo: Demo;
  /** The session of the demo's account for a role, signed in at its first use. */
  session: (role: Role) => Promise<StorageState>;
}

interface TestFixtures {
  /** A page in a browser of its own, signed in with the demo's account for the role. */
  as: (role: Role) => Promise<Page>;
  /** Attaches the server's log to a test that fails. */
  serverLog: void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  students: [600, { option: true, scope: 'worker' }],
  data: [undefined, { option: true, scope: 'worker' }],

  demo: [
    async ({ students, data }, use) => {
      const demo = await Demo.start({ students, data });
      await use(demo);
      await demo.stop();
    },
    { scope: 'worker', timeout: 200_000 },
  ],

  session: [
    async ({ browser, demo }, use) => {
      const sessions = new Map<Role, Promise<StorageState>>();
      await use((role) => {
        const session = sessions.get(role) ?? newSession(browser, demo, role);
        sessions.set(role, session);
        return session;
      });
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ demo }, use) => use(demo.url),

  context: async ({ context }, use) => {
    const problems = watch(context);
    await use(context);
    expect(problems(), 'nothing goes wrong in the page').toEqual([]);
  },

  as: async ({ browser, session }, use) => {
    const opened: { close: () => Promise<void>; problems: () => string[] }[] = [];
    await use(async (role) => {
      const context = await browser.newContext({ storageState: await session(role) });
      opened.push({ close: () => context.close(), problems: watch(context) });
      return context.newPage();
    });
    const problems = opened.flatMap((context) => context.problems());
    await Promise.all(opened.map((context) => context.close()));
    expect(problems, 'nothing goes wrong in any page').toEqual([]);
  },

  serverLog: [
    async ({ demo }, use, testInfo) => {
      const before = demo.log().length;
      await use();
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach('server.log', { body: demo.log().slice(before), contentType: 'text/plain' });
      }
    },
    { auto: true },
  ],
});

/** Signs in on the sign-in page, as a person does, and waits for the page that follows. */
export async function signIn(page: Page, account: Pick<Account, 'login' | 'password'>): Promise<void> {
  await page.goto('/signin');
  await page.locator('input[name=login]:not([type=hidden])').fill(account.login);
  const password = page.locator('input[name=password]:not([type=hidden])');
  await password.fill(account.password);
  await password.press('Enter');
  await page.waitForURL((url) => url.pathname !== '/signin');
}

async function newSession(browser: Browser, demo: Demo, role: Role): Promise<StorageState> {
  const context = await browser.newContext({ baseURL: demo.url });
  try {
    await signIn(await context.newPage(), demo.account(role));
    return await context.storageState();
  } finally {
    await context.close();
  }
}
