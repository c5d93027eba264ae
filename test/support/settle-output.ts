const dayMs = 86_400_000;
/** The day that pages tell of. */
const shownDay = Date.UTC(2027, 0, 11, 9);

/**
 * Replaces what differs from run to run (times, keys, names of IAM users, passwords, ids) by words of the same length, so that tables
 * stay as they are. The same word is replaced by the same one. Times keep their day, counted from the start.
 */
export function createOutputSettler(startMs: number): (text: string) => string {
  const shown = new Map<string, string>();
  /** Numbers the words of a kind. */
  const replace = (word: string, kind: string) => {
    const known = shown.get(word);
    if (known !== undefined) return known;
    const number = [...shown.values()].filter((each) => each.startsWith(kind)).length + 1;
    const replacement = kind + String(number).padStart(word.length - kind.length, '0');
    shown.set(word, replacement);
    return replacement;
  };
  const timeOf = (time: string) => {
    const days = Math.round((Date.parse(time) - startMs) / dayMs);
    const text = new Date(shownDay + days * dayMs).toISOString();
    return time.includes('.') ? text : text.replace('.000Z', 'Z');
  };
  /** Tables show only the end of a key. */
  const endOf = (end: string) => [...shown].find(([word]) => word.endsWith(end))?.[1].slice(-4) ?? end;
  return (text) =>
    text
      .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z/g, timeOf)
      .replace(/\bAKIA[A-Z0-9]{16}\b/g, (key) => replace(key, 'AKIAEXAMPLE'))
      .replace(/…[A-Z0-9]{4}\b/g, (end) => `…${endOf(end.slice(1))}`)
      .replace(/(?<=\bses-smtp-user-[\w.-]+-)\d{13}\b/g, (time) => replace(time, '1799'))
      .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/g, '0b7a9d1e-5c3f-4d2b-8a6e-3f1c5e7d9b20')
      .replace(
        /(?<![A-Za-z0-9+/])B[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/=])/g,
        'BExample/password+that/belongs/to/no/account',
      );
}
