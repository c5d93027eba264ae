/** Reads a time that the system wrote, in ISO 8601. Epoch milliseconds; undefined if it isn't a time. */
export function readTime(value: unknown): number | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
