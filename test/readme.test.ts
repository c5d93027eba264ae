import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkedFiles, npmScripts } from './support/readme-commands.ts';

const root = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root });
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe('the documents', () => {
  it('exist', () => {
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']));
    expect(documents.length).toBeGreaterThan(6);
  });

  it.each(documents)('%s links to files that exist and names scripts that exist', (document) => {
    const text = read(document);
    const missing = linkedFiles(text).filter((file) => !existsSync(join(root, dirname(document), file)));
    expect(missing).toEqual([]);
    expect([...npmScripts(text)].filter((script) => !Object.hasOwn(scripts, script))).toEqual([]);
  });

  it('name the everyday commands in the README', () => {
    expect(npmScripts(read('README.md'))).toEqual(new Set(['start', 'test', 'demo']));
  });
});
