import type { FullResult, Reporter, Suite } from '@playwright/test/reporter';

/** Ends a run with one plain line that a program can read too: `browser: 12 passed, 0 failed, 3 skipped`. */
export default class ClosingLine implements Reporter {
  private tests: Suite | undefined;

  onBegin(_config: unknown, suite: Suite): void {
    this.tests = suite;
  }

  onEnd(_result: FullResult): void {
    const outcomes = this.tests?.allTests().map((test) => test.outcome()) ?? [];
    const count = (...kinds: string[]) => outcomes.filter((outcome) => kinds.includes(outcome)).length;
    console.log(
      `browser: ${count('expected')} passed, ${count('unexpected', 'flaky')} failed, ${count('skipped')} skipped`,
    );
  }
}
