import { test } from '../lib/fixtures.js';
import { openPlace } from '../lib/places.js';

const FOLDER = '../docs/pictures';

test.describe('phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });

  test("the guardian's code", async ({ as }) => {
    const page = await openPlace(as, 'code');
    await page.screenshot({ path: `${FOLDER}/code.png` });
  });
});

test.describe('desktop', () => {
  test.use({ viewport: { width: 1280, height: 900 } });

  test("the teacher's class", async ({ as }) => {
    const page = await openPlace(as, 'class');
    await page.screenshot({ path: `${FOLDER}/class.png` });
  });
});

test.describe('big screen', () => {
  test.use({ viewport: { width: 1920, height: 1080 } });

  test("the bureau's screen", async ({ as }) => {
    const page = await openPlace(as, 'screen');
    await page.screenshot({ path: `${FOLDER}/screen.png` });
  });
});
