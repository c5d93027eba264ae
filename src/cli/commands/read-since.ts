import { usageError } from '../command/cli-error.ts';

const millisecondsOf: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A time in the past, in ISO 8601: as given, `now`, or so long ago (`90m`, `6h`, `2d`).
 *
 * @throws CliError `UsageError`
 */
export function readSince(text: string, nowMs: number): string {
  if (text === 'now') return new Date(nowMs).toISOString();
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const ms = count === undefined ? Date.parse(text) : nowMs - Number(count) * (millisecondsOf[unit] ?? 0);
  if (Number.isNaN(ms))
    throw usageError(`"${text}" is no time. Write one in ISO 8601, such as 2027-03-31T18:00:00Z, or 6h, 2d.`);
  return new Date(ms).toISOString();
}
