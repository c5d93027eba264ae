// Functions instead of constants: Node takes 0.1 ms to build a Unicode character class, and most records need none.
/**
 * Control and format characters (bidi, joiners), lone surrogates, unassigned code points, and white space other than a
 * space.
 */
const isInvisible = (character: string) => /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(character);
const isMark = (character: string) => /\p{M}/u.test(character);
const isLetterOrMark = (character: string) => /[\p{L}\p{M}]/u.test(character);

const NAMED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Formats a record's value for a message: text in quotes, invisible characters as code points (`<U+202E>`), binary as
 * its length, sets as lists. Longer values are cut to about `length` characters and end in `…`.
 */
export function quoteValue(value: unknown, length = 60): string {
  if (typeof value === 'string') return quoteText(value, length);
  const text = describe(value, length);
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Formats one character: in quotes if it is visible, with its code point if it is not ASCII. */
export function quoteCharacter(character: string): string {
  const codePoint = codePointOf(character);
  if (NAMED[character] !== undefined) return quoteText(character, 4);
  if (isInvisible(character) || isMark(character)) return codePoint;
  return /^\p{ASCII}$/u.test(character) ? quoteText(character, 4) : `"${character}" (${codePoint})`;
}

function quoteText(text: string, length: number): string {
  const pieces: string[] = [];
  let size = 2; // The quotes.
  let before = '';
  let cut = -1; // How many pieces fit beside the mark.
  for (const character of text) {
    const piece = showCharacter(character, before);
    before = character;
    if (cut === -1 && size + piece.length > length - 1) cut = pieces.length;
    if (size + piece.length > length) return `"${pieces.slice(0, cut).join('')}…"`;
    pieces.push(piece);
    size += piece.length;
  }
  return `"${pieces.join('')}"`;
}

/** A combining mark is shown with its letter. Anywhere else it would change how its neighbour looks. */
function showCharacter(character: string, before: string): string {
  const named = NAMED[character];
  if (named !== undefined) return named;
  const isHidden = isInvisible(character) || (isMark(character) && !isLetterOrMark(before));
  return isHidden ? `<${codePointOf(character)}>` : character;
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Handles every DynamoDB type. Output beyond `room` is dropped, because a record holds up to 400 KB. */
function describe(value: unknown, room: number): string {
  if (typeof value === 'string') return quoteText(value, room);
  if (value instanceof Uint8Array) return `binary of ${value.byteLength} byte${value.byteLength === 1 ? '' : 's'}`;
  if (value instanceof Set || Array.isArray(value))
    return `[${join([...value], room, (each) => describe(each, room))}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    return `{${join(entries, room, ([name, inner]) => `${quoteText(name, room)}:${describe(inner, room)}`)}}`;
  }
  return String(value);
}

function join<T>(values: readonly T[], room: number, show: (value: T) => string): string {
  let text = '';
  for (const value of values) {
    if (text.length > room) break;
    text += `${text === '' ? '' : ','}${show(value)}`;
  }
  return text;
}
