const longest = 4_000;
const replyLine = /^([2-5]\d\d)([ -])/;

/**
 * Splits a text into statements: a line, or several lines that belong together. A reply of several lines (`554-...`,
 * `554 ...`) becomes one, and so do the folded lines of a bounce or of Postfix's mails.
 */
export function splitStatements(text: string): readonly string[] {
  const statements: string[] = [];
  let openReply: string | undefined;
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    const last = statements.at(-1) ?? '';
    const room = last.length + line.length < longest;
    const reply = replyLine.exec(line);
    if (reply !== null && reply[1] === openReply && room) {
      statements[statements.length - 1] = `${last} ${withoutRepeatedCodes(line)}`;
    } else if (reply === null && room && isFolded(raw, line, last)) {
      statements[statements.length - 1] = `${last} ${line}`;
      continue;
    } else {
      statements.push(line);
    }
    openReply = reply?.[2] === '-' ? reply[1] : undefined;
  }
  return statements;
}

function withoutRepeatedCodes(line: string): string {
  return line.slice(4).replace(/^[245]\.\d{1,3}\.\d{1,3} /, '');
}

/** A line with a blank before it goes on with the sentence before, unless it is a frame of a stack or a field of its own. */
function isFolded(raw: string, line: string, last: string): boolean {
  if (!/^[ \t]/.test(raw) || line === '' || last === '') return false;
  if (/^(?:at |File "|->|[[\]{}#]|['"]?[\w-]+['"]?\s?[:=>])/.test(line)) return false;
  return /\b(?:said|diagnostic-code|responded|[45]\d\d)\b/i.test(last);
}
