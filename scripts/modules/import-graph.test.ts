import { describe, expect, it } from 'vitest';
import { parseSource } from '../../test/support/source-file.ts';
import { findCircles, joinToFolders, readFileGraph, withoutShortcuts } from './import-graph.ts';

const graphOf = (files: Readonly<Record<string, string>>) =>
  readFileGraph(Object.entries(files).map(([path, text]) => parseSource(path, text)));
const folderOf = (file: string) => file.split('/').slice(0, -1).join('/');

describe('import circles', () => {
  it('are found, type imports and dynamic imports included', () => {
    const graph = graphOf({
      'src/a.ts': "import type { B } from './b.ts';",
      'src/b.ts': "const c = await import('./c.ts');",
      'src/c.ts': "export { a } from './a.ts';",
      'src/d.ts': "import './a.ts';",
    });
    expect(findCircles(graph)).toEqual([['src/a.ts', 'src/b.ts', 'src/c.ts']]);
  });

  it('of folders are found even if no file is part of a circle', () => {
    const graph = graphOf({
      'src/low/a.ts': "import '../high/b.ts';",
      'src/low/c.ts': '',
      'src/high/b.ts': '',
      'src/high/d.ts': "import '../low/c.ts';",
    });
    expect(findCircles(graph)).toEqual([]);
    expect(findCircles(joinToFolders(graph, folderOf))).toEqual([['src/high', 'src/low']]);
  });

  it('are not reported for a file that two files import', () => {
    const graph = graphOf({
      'src/a.ts': "import './c.ts';",
      'src/b.ts': "import './c.ts'; import './a.ts';",
      'src/c.ts': '',
    });
    expect(findCircles(graph)).toEqual([]);
  });
});

it('an arrow that others imply is left out', () => {
  const graph = graphOf({
    'a/x.ts': "import '../b/x.ts'; import '../c/x.ts';",
    'b/x.ts': "import '../c/x.ts';",
    'c/x.ts': '',
  });
  const arrows = withoutShortcuts(joinToFolders(graph, folderOf));
  expect(arrows).toEqual(
    new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set()],
    ]),
  );
});
