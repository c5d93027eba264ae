/** A token of an address header. Comments and folding white space are already dropped. */
export interface AddressToken {
  /** `mark` is one of `< > , : ; @ .`; `bad` is a character that is not allowed there. */
  readonly kind: 'atom' | 'quoted' | 'literal' | 'mark' | 'bad';
  /** For a quoted string: the content, without quotes and backslashes. */
  readonly text: string;
}

const ATOM = /[^\s()<>[\]:;@\\,."\p{Cc}]+/uy;
const MARKS = '<>,:;@.';
const BLANKS = /[ \t\r\n]+/y;

/**
 * Splits an address header into tokens, in one pass. Undefined if the structure is broken: an unclosed quote, comment
 * or literal, or a control character.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5322#section-3.2
 */
export function tokenizeAddresses(text: string): AddressToken[] | undefined {
  const tokens: AddressToken[] = [];
  let position = 0;
  while (position < text.length) {
    const piece = readPiece(text, position);
    if (piece === undefined) return undefined;
    if (piece.token !== undefined) tokens.push(piece.token);
    position = piece.end;
  }
  return tokens;
}

/** The token at a position. A comment or white space has no token. */
function readPiece(text: string, start: number): { token?: AddressToken; end: number } | undefined {
  const char = text.charAt(start);
  const blankEnd = endOf(BLANKS, text, start);
  if (blankEnd !== undefined) return { end: blankEnd };
  const atomEnd = endOf(ATOM, text, start);
  if (atomEnd !== undefined) return { token: { kind: 'atom', text: text.slice(start, atomEnd) }, end: atomEnd };
  if (MARKS.includes(char)) return { token: { kind: 'mark', text: char }, end: start + 1 };
  if (char === '(') {
    const end = endOfComment(text, start);
    return end === undefined ? undefined : { end };
  }
  if (char === '"' || char === '[') {
    const span = readSpan(text, start, char === '"' ? '"' : ']');
    const kind = char === '"' ? 'quoted' : 'literal';
    return span === undefined ? undefined : { token: { kind, text: span.text }, end: span.end };
  }
  return isControl(char) ? undefined : { token: { kind: 'bad', text: char }, end: start + 1 };
}

function endOf(sticky: RegExp, text: string, start: number): number | undefined {
  sticky.lastIndex = start;
  return sticky.test(text) ? sticky.lastIndex : undefined;
}

/** Comments may nest. Counting instead of recursing keeps deep nesting cheap. */
function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < text.length; position += 1) {
    const char = text.charAt(position);
    if (char === '\\') position += 1;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      depth -= 1;
      if (depth === 0) return position + 1;
    }
  }
  return undefined;
}

function readSpan(text: string, start: number, close: string): { text: string; end: number } | undefined {
  let content = '';
  for (let position = start + 1; position < text.length; position += 1) {
    let char = text.charAt(position);
    if (char === close) return { text: content, end: position + 1 };
    if (char === '\\') {
      position += 1;
      char = text.charAt(position);
    } else if (char === '\r' || char === '\n') {
      // A folded line: only the white space after the line break belongs to the string.
      continue;
    }
    if (isControl(char) && char !== '\t') return undefined;
    content += char;
  }
  return undefined;
}

function isControl(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 0x20 || (code >= 0x7f && code < 0xa0);
}
