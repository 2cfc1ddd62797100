import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with a readable list when axe finds anything on the page as it is now, with JavaScript or without. */
export async function expectNoAxeFindings(page: Page): Promise<void> {
  const violations = await withScripting(page, async () => {
    // Legacy mode looks at this page alone and opens no other: the pages have no frames.
    const results = await new AxeBuilder({ page }).setLegacyMode().analyze();
    return results.violations;
  });
  const findings = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.target.join(' ')}`),
  );
  expect(findings, 'axe finds nothing').toEqual([]);
}

/**
 * axe needs timers, which do not run where JavaScript is off. There it is let in for as long as axe looks: the page's
 * own scripts were passed over when the page was read, and stay so.
 */
async function withScripting<T>(page: Page, look: () => Promise<T>): Promise<T> {
  if (await page.evaluate(() => !matchMedia('(scripting: none)').matches)) return look();

  const devtools = await page.context().newCDPSession(page);
  // Off before on: a new session believes that scripts run, and would pass the word on to nobody.
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: true });
  await devtools.send('Emulation.setScriptExecutionDisabled', { value: false });
  try {
    return await look();
  } finally {
    await devtools.send('Emulation.setScriptExecutionDisabled', { value: true });
    await devtools.detach();
  }
}
