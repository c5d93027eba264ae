import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as logMessages from '../src/observability/log-messages.ts';
import * as metrics from '../src/observability/metrics.ts';

const text = readFileSync(join(import.meta.dirname, '../docs/monitoring.md'), 'utf8');
const rows = [...text.matchAll(/^\| `(\w+)` \| (.+?) \|(?: (.+) \|)?$/gm)];
const metricRows = rows.filter(([, name = '']) => /[a-z]/.test(name));
const logRows = rows.filter(([, name = '']) => /^[A-Z_]+$/.test(name));

describe('docs/monitoring.md', () => {
  it('lists every metric with its unit and what it counts, and no other', () => {
    const listed = metricRows.map(([, name, unit]) => `${name} ${unit}`);
    expect(listed.sort()).toEqual(
      Object.values(metrics)
        .map(({ name, unit }) => `${name} ${unit}`)
        .sort(),
    );
    expect(metricRows.filter(([, , , counts = '']) => counts.length < 10)).toEqual([]);
  });

  it('lists every log code with its message, and no other', () => {
    expect(logRows.map(([, code, message]) => `${code} ${message}`).sort()).toEqual(
      Object.values(logMessages)
        .map(({ code, message }) => `${code} ${message}`)
        .sort(),
    );
  });
});
