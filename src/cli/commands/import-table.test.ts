import { describe, expect, it, test } from 'vitest';
import { readImportTable } from './import-table.ts';

const read = (text: string) => {
  const { columns, lines } = readImportTable(new TextEncoder().encode(text));
  return { columns, lines: lines.map(({ line, cells }) => [line, Object.fromEntries(cells)]) };
};
const both = { columns: ['Name', 'Mail'], lines: [[2, { Name: 'a', Mail: 'a@example.com' }]] };

describe('a table', () => {
  test.each([
    ['commas', 'Name,Mail\na,a@example.com\n'],
    ['semicolons and CRLF', 'Name;Mail\r\na;a@example.com\r\n'],
    ['tabs', 'Name\tMail\na\ta@example.com'],
    ['a mark of UTF-8', '\uFEFFName,Mail\na,a@example.com\n'],
    ['quotes and blanks', '"Name"," Mail "\n "a" , a@example.com \n'.replaceAll(' "a" ', '"a"')],
    ['empty lines', 'Name,Mail\n\n,\na,a@example.com\n\n'],
  ])('with %s', (_, text) => {
    const { columns, lines } = read(text);
    expect(columns).toEqual(both.columns);
    expect(lines.map(([, cells]) => cells)).toEqual([{ Name: 'a', Mail: 'a@example.com' }]);
  });

  it('keeps the numbers of lines, and leaves empty cells out', () => {
    expect(read('Name,Mail,Note\na,,\n\nb,b@example.com,"x, y"\n').lines).toEqual([
      [2, { Name: 'a' }],
      [4, { Name: 'b', Mail: 'b@example.com', Note: 'x, y' }],
    ]);
  });

  it('may be written by a spreadsheet program of Western Europe, or in UTF-16', () => {
    const text = 'Name,Mail\nCafé,a@example.com\n';
    const western = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
    const little = Uint8Array.from([0xff, 0xfe, ...[...text].flatMap((sign) => [sign.charCodeAt(0), 0])]);
    const big = Uint8Array.from([0xfe, 0xff, ...[...text].flatMap((sign) => [0, sign.charCodeAt(0)])]);
    for (const bytes of [western, little, big]) {
      expect([...(readImportTable(bytes).lines[0]?.cells ?? [])]).toEqual([
        ['Name', 'Café'],
        ['Mail', 'a@example.com'],
      ]);
    }
  });

  it('takes names of columns for nothing but names', () => {
    const [line] = readImportTable(new TextEncoder().encode('__proto__,constructor\nx,y\n')).lines;
    expect([...(line?.cells ?? [])]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });
});

describe('JSON', () => {
  const credential = { username: 'a', allowed_from_addresses: ['a@example.com'] };
  test.each([
    ['an array', JSON.stringify([credential])],
    ['what export writes', JSON.stringify({ credentials: [credential] })],
    ['one object', JSON.stringify(credential, null, 2)],
    ['lines', `${JSON.stringify(credential)}\n\n`],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ columns: ['username', 'allowed_from_addresses'], lines: [[1, credential]] });
  });
});

test.each([
  ['', 'holds no credential'],
  ['Name,Mail\n', 'holds no credential'],
  ['[]', 'holds no credential'],
  ['Name,Name\na,b\n', 'Two columns are called "Name"'],
  ['Name,Mail\na,b,c\n', 'Line 2 has 3 cells'],
  ['Name,Mail\n"a,b\n', 'Line 2'],
  ['[1]', 'Element 1 is no JSON object'],
  ['{"username":"a"}\n{broken\n', 'Line 2 is no JSON'],
])('refuses %j', (text, message) => {
  expect(() => read(text)).toThrow(message);
});
