import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { allRoutes } from '../scripts/openapi-docs.ts';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/api.md'), 'utf8');

it('explains every problem of the API, where its type points', () => {
  const files = readdirSync(join(root, 'src/http'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  const code = files.map((name) => readFileSync(join(root, 'src/http', name), 'utf8')).join('\n');
  const thrown = [...code.matchAll(/new RequestError\(\s*\d+,\s*'(\w+)'/g)].map(([, name = '']) => name);
  const useCases = ['src/admin', 'src/aws/message-box.ts'].flatMap(textsOf).join('\n');
  const found = [...useCases.matchAll(/new (?:SesameError|RecordChangedError)\(\s*'(\w+)'/g)].map(
    ([, name = '']) => name,
  );
  const mapped = [...(/statusOfCode[^{]*\{([^}]*)\}/.exec(code)?.[1] ?? '').matchAll(/(\w+): \d+/g)].map(
    ([, name = '']) => name,
  );
  expect(thrown.length).toBeGreaterThan(15);
  expect(mapped.length).toBeGreaterThan(8);
  // Of use cases that no route has.
  const others = ['UnreadableFile', 'EventsUnpublished'];
  expect(found).toEqual(expect.arrayContaining(['CredentialExists', 'ForeignMessage', 'MessageNotHeld']));
  for (const name of new Set([...thrown, ...mapped, ...found].filter((each) => !others.includes(each))))
    expect(page, name).toContain(`<a id="${name.toLowerCase()}">`);
});

/** The code in a folder or file, without tests. */
function textsOf(path: string): string[] {
  if (path.endsWith('.ts')) return [readFileSync(join(root, path), 'utf8')];
  return readdirSync(join(root, path))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, path, name), 'utf8'));
}

it('names every route', () => {
  for (const { path, method } of allRoutes) {
    const [, , first = '', second = '', third = ''] = path.split('/');
    const ending = third === '' ? second : third;
    expect(page, `${method} ${path}`).toContain(ending.startsWith('{') || ending === '' ? first : ending);
  }
});
