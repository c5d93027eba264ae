import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const program = join(root, '.sesame', 'checkov', 'bin', 'checkov');
const install =
  'python3 -m venv .sesame/checkov && .sesame/checkov/bin/pip install --require-hashes -r terraform/checkov.txt';

interface CheckovReport {
  readonly summary: {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly parsing_errors: number;
  };
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly resource: string;
    }[];
    readonly skipped_checks: readonly {
      readonly check_id: string;
      readonly check_result: { suppress_comment: string };
    }[];
  };
}

const isThere = existsSync(program);
if (!isThere) {
  const message = `The static analysis of the Terraform code is skipped: checkov is not installed. To include it: ${install}`;
  if (process.env['CI'] === 'true') throw new Error(message);
  console.warn(message);
}

describe('checkov', () => {
  it('is pinned with digests', () => {
    const pinned = readFileSync(join(root, 'terraform', 'checkov.txt'), 'utf8');
    expect(pinned).toMatch(/^checkov==\d+\.\d+\.\d+ \\\n {4}--hash=sha256:/m);
  });

  it.runIf(isThere)('finds only faults with a written reason', { timeout: 180_000 }, () => {
    const options = ['--framework', 'terraform', '--skip-download', '--compact', '--output', 'json'];
    const { stdout, stderr } = spawnSync(program, ['--directory', join(root, 'terraform'), ...options], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, LOG_LEVEL: 'ERROR' },
    });
    expect(stdout.trim(), stderr).toMatch(/^[[{]/);
    const { summary, results } = JSON.parse(stdout) as CheckovReport;
    expect(
      results.failed_checks.map(({ check_id, check_name, resource }) => `${check_id} ${check_name}: ${resource}`),
    ).toEqual([]);
    expect(summary.parsing_errors).toBe(0);
    expect(summary.passed).toBeGreaterThan(100);
    const unexplained = results.skipped_checks.filter(
      ({ check_result: { suppress_comment: reason } }) => reason.length < 20,
    );
    expect(unexplained).toEqual([]);
  });
});
