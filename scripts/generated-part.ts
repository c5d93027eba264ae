/** The lines around a part of a document that a script writes. */
export interface PartMarks {
  readonly begin: string;
  readonly end: string;
}

/**
 * Returns the page with `part` between its marks.
 *
 * @param file the page's name, for the message
 * @throws Error if a mark is missing
 */
export function replacePart(file: string, page: string, { begin, end }: PartMarks, part: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`${file}: the lines "${begin}" and "${end}" are missing.`);
  return `${before}${begin}\n\n${part}\n\n${end}${after}`;
}

/** Returns what stands between the marks, without blank lines around it. */
export function readPart(page: string, { begin, end }: PartMarks): string {
  return page.slice(page.indexOf(begin) + begin.length, page.indexOf(end)).trim();
}
