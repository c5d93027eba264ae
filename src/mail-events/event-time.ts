const iso = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?([Zz]|[+-]\d\d:?\d\d)?$/;
const rfc5322 =
  /^(?:[A-Za-z]{3}, )?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)? (?:[A-Z]{1,3}|[+-]\d{4})(?: \([A-Z]+\))?$/;
/** From 2001 to 2286: 10 digits are seconds, 13 are milliseconds. */
const epoch = /^[1-9]\d{9}(?:\d{3})?(?:\.\d+)?$/;

/**
 * The time of an event: epoch milliseconds. SES writes ISO 8601 in UTC. Other forms are read where they have one meaning: with an offset, with a
 * blank instead of the T, without a zone (UTC, as all times of SES), as in mail headers, and as numbers.
 */
export function readEventTime(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > 60) return undefined;
  const trimmed = text.trim();
  if (epoch.test(trimmed)) {
    const number = Number(trimmed);
    return Math.trunc(number < 1e10 ? number * 1000 : number);
  }
  const parts = iso.exec(trimmed);
  if (parts === null) return rfc5322.test(trimmed) ? toTime(Date.parse(trimmed)) : undefined;
  const [, date = '', clock = '', zone = 'Z'] = parts;
  return toTime(Date.parse(`${date}T${clock.replace(',', '.')}${toZone(zone)}`));
}

function toZone(zone: string): string {
  return zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
}

function toTime(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : ms;
}
