import { posix } from 'node:path';
import { importsOf, type SourceFile } from '../../test/support/source-file.ts';

/** Maps a file or folder to everything that it imports. */
export type ImportGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** The files' imports of each other, without packages and without unit tests. */
export function readFileGraph(files: readonly SourceFile[]): ImportGraph {
  const code = files.filter(({ path }) => !/\.test\.[cm]?ts$/.test(path));
  const known = new Set(code.map(({ path }) => path));
  return new Map(
    code.map((file) => [
      file.path,
      new Set(
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => posix.join(posix.dirname(file.path), specifier))
          .filter((target) => known.has(target) && target !== file.path),
      ),
    ]),
  );
}

/** The folders' imports of each other. `folderOf` maps a file to its folder; imports within a folder are left out. */
export function joinToFolders(graph: ImportGraph, folderOf: (file: string) => string): ImportGraph {
  const folders = new Map<string, Set<string>>();
  for (const [file, targets] of graph) {
    const folder = folderOf(file);
    const reached = folders.get(folder) ?? new Set<string>();
    folders.set(folder, reached);
    for (const target of targets) if (folderOf(target) !== folder) reached.add(folderOf(target));
  }
  return folders;
}

/**
 * Finds all import circles: groups whose members all reach each other. Tarjan's algorithm for strongly connected components:
 * https://en.wikipedia.org/wiki/Tarjan%27s_strongly_connected_components_algorithm
 */
export function findCircles(graph: ImportGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  function visit(node: string): number {
    const index = order.size;
    order.set(node, index);
    lowest.set(node, index);
    stack.push(node);
    for (const target of graph.get(node) ?? []) {
      if (!order.has(target)) lower(node, visit(target));
      else if (stack.includes(target)) lower(node, order.get(target) ?? index);
    }
    const low = lowest.get(node) ?? index;
    if (low === index) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  }

  function lower(node: string, to: number): void {
    lowest.set(node, Math.min(lowest.get(node) ?? to, to));
  }

  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return circles;
}

/** Removes arrows that a longer path already implies. The graph must have no circles. */
export function withoutShortcuts(graph: ImportGraph): ImportGraph {
  const reached = new Map<string, Set<string>>();
  const reach = (node: string): Set<string> => {
    const known = reached.get(node);
    if (known !== undefined) return known;
    const all = new Set<string>();
    reached.set(node, all);
    for (const target of graph.get(node) ?? []) {
      all.add(target);
      for (const further of reach(target)) all.add(further);
    }
    return all;
  };
  return new Map(
    [...graph].map(([node, targets]) => [
      node,
      new Set(
        [...targets].filter((target) => ![...targets].some((other) => other !== target && reach(other).has(target))),
      ),
    ]),
  );
}
