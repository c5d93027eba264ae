import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { readSourceFiles } from '../test/support/source-file.ts';
import { replacePart } from './generated-part.ts';
import { type ImportGraph, joinToFolders, readFileGraph, withoutShortcuts } from './modules/import-graph.ts';

const root = join(import.meta.dirname, '..');
export const architectureFile = join(root, 'docs', 'architecture.md');
const marks = {
  begin: '<!-- modules: written by scripts/modules-docs.ts -->',
  end: '<!-- end of modules -->',
};

/** Returns the page with the current graph. Throws if the marks around the graph are missing. */
export function renderPage(page: string): string {
  return replacePart('docs/architecture.md', page, marks, renderGraph(readModules()));
}

/** The folders of `src` and their imports of each other. */
export function readModules(): ImportGraph {
  return joinToFolders(readFileGraph(readSourceFiles(root, 'src')), (file) => posix.dirname(file).slice('src/'.length));
}

/** Writes the graph for Mermaid: folders in frames, and an arrow for each import that no other path of arrows implies. */
function renderGraph(modules: ImportGraph): string {
  const frames = Map.groupBy([...modules.keys()].sort(), (folder) => folder.split('/')[0] ?? '');
  const lines = [...frames].flatMap(([frame, folders]) => [
    `  subgraph in_${idOf(frame)} ["${frame}"]`,
    ...folders.map((folder) => `    ${idOf(folder)}["${folder === frame ? '.' : folder.slice(frame.length + 1)}"]`),
    '  end',
  ]);
  const arrows = [...withoutShortcuts(modules)].flatMap(([folder, targets]) =>
    [...targets].sort().map((target) => `  ${idOf(folder)} --> ${idOf(target)}`),
  );
  return ['```mermaid', 'flowchart TD', ...lines, ...arrows.sort(), '```'].join('\n');
}

function idOf(folder: string): string {
  return folder.replaceAll(/[/-]/g, '_');
}

const usage = `Usage: npm run docs:modules

Draws which folder of src imports which, in docs/architecture.md.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    () => {
      writeFileSync(architectureFile, renderPage(readFileSync(architectureFile, 'utf8')));
      return Promise.resolve(0);
    },
  );
}
