import { describe, expect, it } from 'vitest';
import { countTests } from './count-tests.ts';

const file = (name: string, ...statuses: string[]) => ({
  name,
  status: statuses.every((status) => status === 'passed') ? 'passed' : 'failed',
  assertionResults: statuses.map((status, index) => ({ status, fullName: `${name} ${index}` })),
});

describe('the count of a run', () => {
  it('is that of the report', () => {
    const report = { testResults: [file('/a', 'passed', 'passed'), file('/b', 'passed', 'failed')] };
    expect(countTests(report, ['/a', '/b'])).toEqual({ passed: 3, failed: 1, faults: [] });
  });

  it('counts a file that broke before its first test', () => {
    const broken = { name: '/a', status: 'failed', assertionResults: [] };
    expect(countTests({ testResults: [broken] }, ['/a'])).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts a file that broke after its tests had passed', () => {
    const broken = { ...file('/a', 'passed'), status: 'failed' };
    expect(countTests({ testResults: [broken] }, ['/a'])).toMatchObject({ passed: 1, failed: 1 });
  });

  it('names files that did not run, files without tests, and skipped tests', () => {
    const report = { testResults: [file('/a', 'passed', 'skipped', 'todo'), file('/empty')] };
    expect(countTests(report, ['/a', '/empty', '/missing']).faults).toEqual([
      '/missing did not run',
      '/empty ran no test',
      '"/a 1" was skipped (skipped)',
      '"/a 2" was skipped (todo)',
    ]);
    expect(countTests({ testResults: [] }, []).faults).toEqual(['no test file was found']);
  });
});
