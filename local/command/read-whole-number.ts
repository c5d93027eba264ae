import { UsageError } from './usage-error.ts';

/**
 * Reads the value of an option.
 *
 * @throws UsageError that names the option and its range
 */
export function readWholeNumber(option: string, text: string, { from, to }: { from: number; to?: number }): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= (to ?? Number.MAX_SAFE_INTEGER)) return value;
  const range = to === undefined ? `of at least ${from}` : `from ${from} to ${to}`;
  throw new UsageError(`${option} must be a whole number ${range}, not "${text}".`);
}
