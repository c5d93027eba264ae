import type { CatalogueEntry } from './command/catalogue-entry.ts';

const entry = (
  path: string,
  summary: string,
  load: () => Promise<{ readonly command: Awaited<ReturnType<CatalogueEntry['load']>> }>,
): CatalogueEntry => ({ path: path.split(' '), summary, load: async () => (await load()).command });

/** Every command, in the order of the help. Each file is loaded when its command is asked for. */
export const catalogue: readonly CatalogueEntry[] = [
  entry('create', 'Create a credential', () => import('./commands/credential-create.ts')),
  entry('list', 'List credentials', () => import('./commands/credential-list.ts')),
  entry('show', 'Show a credential', () => import('./commands/credential-show.ts')),
  entry('edit', 'Change a credential', () => import('./commands/credential-edit.ts')),
  entry('disable', 'Disable a credential', () => import('./commands/credential-disable.ts')),
  entry('enable', 'Enable a credential', () => import('./commands/credential-enable.ts')),
  entry('rotate', 'Give a credential a new password', () => import('./commands/credential-rotate.ts')),
  entry('remove', 'Remove a credential', () => import('./commands/credential-remove.ts')),
  entry('contain', 'Stop a stolen credential', () => import('./commands/credential-contain.ts')),
  entry('reveal', 'Print the SMTP password', () => import('./commands/credential-reveal.ts')),
  entry('exec', 'Run a program with the login in its environment', () => import('./commands/credential-exec.ts')),
  entry('can', 'Ask whether a credential may send a mail', () => import('./commands/credential-can.ts')),
];
