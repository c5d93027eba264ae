import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './cli-process.ts';

export interface Shell {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
  /** Commands that must run first. */
  readonly prelude: string;
}

/** What scripts/install-shells.sh has unpacked. */
const unpacked = join(import.meta.dirname, '..', '..', '.sesame', 'shells');

/** A shell of this machine, or the one that scripts/install-shells.sh has unpacked. Undefined if there is neither. */
export function findShell(name: 'zsh' | 'fish'): Shell | undefined {
  const path = findProgram(name);
  if (path !== undefined) return { path, env: {}, prelude: '' };
  const own = join(unpacked, name === 'zsh' ? 'bin/zsh' : 'usr/bin/fish');
  if (!existsSync(own)) return undefined;
  const libraries = globSync('usr/lib/*-linux-gnu', { cwd: unpacked }).map((folder) => join(unpacked, folder));
  const [modules = ''] = globSync('usr/lib/*-linux-gnu/zsh/*', { cwd: unpacked });
  const functions = join(unpacked, 'usr/share', name, 'functions');
  return {
    path: own,
    env: { LD_LIBRARY_PATH: libraries.join(':') },
    prelude:
      name === 'zsh'
        ? `module_path=('${join(unpacked, modules)}'); fpath=('${functions}' '${functions}'/**/*(/));`
        : `set -g fish_function_path '${functions}';`,
  };
}
