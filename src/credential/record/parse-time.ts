const date = '(\\d{4})-(\\d{2})-(\\d{2})';
const clock = 'T(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const DAY_MS = 86_400_000;

/** The formats of times as regular expressions: ISO 8601 with a time zone. */
export const TIME_PATTERNS = {
  'date-time': `^${date}${clock}$`,
  'date or date-time': `^${date}(?:${clock})?$`,
} as const;

/**
 * Parses a time that a person wrote. A date alone means the end of that day in UTC, that is, the first moment of the
 * next day. Returns epoch milliseconds; undefined if the time doesn't exist, such as the 30th of February.
 */
export function parseTime(
  value: unknown,
  allowed: keyof typeof TIME_PATTERNS = 'date or date-time',
): number | undefined {
  const parts = typeof value === 'string' ? new RegExp(TIME_PATTERNS[allowed]).exec(value) : null;
  if (parts === null) return undefined;
  const [text, year, month, day] = parts;
  // JavaScript turns the 30th of February into the 2nd of March.
  const midnight = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.getUTCDate() !== Number(day)) return undefined;
  return text.includes('T') ? Date.parse(text) : midnight.getTime() + DAY_MS;
}
