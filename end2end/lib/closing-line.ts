import { stripVTControlCharacters } from 'node:util';
import type { FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';

/** What is said of a failed test at the end, in lines: a machine may keep only the end of what a run prints. */
const LINES = 12;

/**
 * Ends a run with why each test failed, in short, and one plain line that a program can read too:
 * `browser: 12 passed, 0 failed, 3 skipped`.
 */
export default class ClosingLine implements Reporter {
  private tests: Suite | undefined;

  onBegin(_config: unknown, suite: Suite): void {
    this.tests = suite;
  }

  onEnd(_result: FullResult): void {
    const tests = this.tests?.allTests() ?? [];
    const of = (...kinds: string[]) => tests.filter((test) => kinds.includes(test.outcome()));
    const failed = of('unexpected', 'flaky');
    for (const test of failed) console.log(`\n${test.titlePath().filter(Boolean).join(' › ')}\n${why(test)}`);
    console.log(
      `browser: ${of('expected').length} passed, ${failed.length} failed, ${of('skipped').length} skipped`,
    );
  }
}

/** Where a test failed and why, and what the server complained about meanwhile. */
function why(test: TestCase): string {
  const result = test.results.find(({ status }) => status !== 'passed');
  const errors = (result?.errors ?? []).flatMap(({ message, location }) => [
    ...(location ? [`  ${location.file.split('/').at(-1)}:${location.line}`] : []),
    ...first((message ?? '').split('\n')),
  ]);
  const logs = (result?.attachments ?? []).filter(({ name }) => name === 'server.log');
  const complaints = logs.flatMap(({ body }) =>
    (body?.toString() ?? '').split('\n').filter((line) => / (WARN|ERROR) | status=5\d\d/.test(line)),
  );
  return [...(errors.length > 0 ? errors : [`  ${test.outcome()}`]), ...first(complaints)].join('\n');
}

/** The first lines, each cut to what fits a screen. */
function first(lines: string[]): string[] {
  return lines.filter((line) => line.trim()).slice(0, LINES).map((line) => `  ${stripVTControlCharacters(line).slice(0, 400)}`);
}
