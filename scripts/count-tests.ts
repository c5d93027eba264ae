import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of Vitest's JSON report that we read. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The result of a whole run. `faults` names every part that should have run and didn't. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly faults: readonly string[];
}

/** Counts the tests of a run. A file that broke before its first test counts as one failure. `files` are absolute paths. */
export function countTests(report: TestReport, files: readonly string[]): TestCount {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(hasFailed),
  );
  const ran = new Set(report.testResults.map((file) => file.name));
  const empty = report.testResults.filter((file) => file.assertionResults.length === 0);
  const skipped = tests.filter((test) => test.status !== 'passed' && !hasFailed(test));
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter(hasFailed).length + broken.length,
    faults: [
      ...(files.length === 0 ? ['no test file was found'] : []),
      ...files.filter((file) => !ran.has(file)).map((file) => `${file} did not run`),
      ...empty.map((file) => `${file.name} ran no test`),
      ...skipped.map((test) => `"${test.fullName}" was skipped (${test.status})`),
    ],
  };
}

function hasFailed(test: { readonly status: string }): boolean {
  return test.status === 'failed';
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const report = JSON.parse(readFileSync(join(root, 'dist/test-results.json'), 'utf8')) as TestReport;
  const files = globSync('{src,test,scripts,bench}/**/*.test.ts', { cwd: root }).map((file) => join(root, file));
  const { passed, failed, faults } = countTests(report, files);
  for (const fault of faults) console.error(fault);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = passed === 0 || failed + faults.length > 0 ? 1 : 0;
}
