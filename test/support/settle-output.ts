const dayMs = 86_400_000;
/** The day that pages tell of. */
const shownDay = Date.UTC(2027, 0, 11, 9);

/**
 * Replaces what differs from run to run (times, keys, passwords, ids) by words of the same length, so that tables stay as they are.
 * The same key becomes the same word. Times keep their day, counted from the start.
 */
export function createOutputSettler(startMs: number): (text: string) => string {
  const keys = new Map<string, string>();
  const keyOf = (key: string) => {
    const known = keys.get(key) ?? `AKIAEXAMPLEKEY${String(keys.size + 1).padStart(6, '0')}`;
    keys.set(key, known);
    return known;
  };
  const timeOf = (time: string) => {
    const days = Math.round((Date.parse(time) - startMs) / dayMs);
    const shown = new Date(shownDay + days * dayMs).toISOString();
    return time.includes('.') ? shown : shown.replace('.000Z', 'Z');
  };
  return (text) =>
    text
      .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, timeOf)
      .replace(/\bAKIA[A-Z0-9]{16}\b/g, keyOf)
      .replace(/(?<![A-Za-z0-9+/])B[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/=])/g, 'BExampleOfAnSmtpPasswordThatIsDerivedFromAKey');
}
