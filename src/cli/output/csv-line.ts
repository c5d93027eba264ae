/** A line of CSV (RFC 4180). A value that a spreadsheet would run as a formula gets an apostrophe, which makes it text. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(quote).join(',')}\r\n`;
}

function quote(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
