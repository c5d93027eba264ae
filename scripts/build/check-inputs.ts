import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** Facts about packages from the package file and the lock file. */
export interface PackageRules {
  readonly dependencies: ReadonlySet<string>;
  /** By package folder (`node_modules/x`): its license, and whether it is a development dependency. */
  readonly installed: ReadonlyMap<string, { readonly license: string; readonly development: boolean }>;
}

interface LockFile {
  readonly packages: Record<string, { license?: string; dev?: boolean }>;
}

/** Licenses that set no conditions on the rest of a bundle that is deployed or published. */
const allowedLicenses = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']);

/** Reads the rules from `package.json` and `package-lock.json` in `root`. */
export function readPackageRules(root: string): PackageRules {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const installed = Object.entries(lock.packages)
    .filter(([folder]) => folder !== '')
    .map(([folder, entry]) => [folder, { license: entry.license ?? 'none', development: entry.dev === true }] as const);
  return { dependencies: new Set(Object.keys(manifest.dependencies ?? {})), installed: new Map(installed) };
}

/**
 * Lists everything in a bundle that must never be deployed, with the chain of imports that leads to it: code of the local stack,
 * development dependencies, packages that `dependencies` doesn't list, and licenses that bind the operator. An empty list means
 * a clean bundle.
 */
export function checkInputs(metafile: Metafile, entry: string, rules: PackageRules): string[] {
  const importers = findImporters(metafile, entry);
  // A fault often has several chains of imports; the first is the shortest.
  const chains = new Map<string, string>();
  for (const [file, importer] of importers) {
    const fault = findFault(file, importer, rules);
    if (fault && !chains.has(fault)) chains.set(fault, chainTo(file, importers).join(' -> '));
  }
  return [...chains].map(([fault, chain]) => `${fault}: ${chain}`);
}

function findFault(file: string, importer: string | undefined, rules: PackageRules): string | undefined {
  if (/^(?:\.\.\/)*local\//.test(file)) return 'the local stack is never deployed';
  const folder = packageFolder(file);
  if (!folder || (importer !== undefined && packageFolder(importer) === folder)) return undefined;
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const installed = rules.installed.get(folder);
  if (!installed) return `${name} isn't in package-lock.json`;
  if (!allowedLicenses.has(installed.license)) return `${name} has the license ${installed.license}`;
  if (installed.development) return `${name} is a development dependency`;
  const ours = importer !== undefined && !packageFolder(importer);
  if (ours && !rules.dependencies.has(name)) return `${name} isn't in package.json's dependencies`;
  return undefined;
}

/** `node_modules/@scope/name`, with any folders it is nested in; undefined for our own files. */
function packageFolder(file: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/** Every file that the entry reaches, with the first importer that led to it. */
function findImporters(metafile: Metafile, entry: string): Map<string, string | undefined> {
  if (!metafile.inputs[entry]) throw new Error(`the bundle doesn't know its own entry ${entry}`);
  const importers = new Map<string, string | undefined>([[entry, undefined]]);
  for (const file of importers.keys()) {
    for (const target of metafile.inputs[file]?.imports ?? []) {
      if (!target.external && !importers.has(target.path)) importers.set(target.path, file);
    }
  }
  return importers;
}

function chainTo(file: string, importers: ReadonlyMap<string, string | undefined>): string[] {
  const chain: string[] = [];
  for (let at: string | undefined = file; at !== undefined; at = importers.get(at)) chain.unshift(at);
  return chain;
}
