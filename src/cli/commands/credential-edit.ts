import { callApi } from '../command/call-api.ts';
import { usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import type { AnyFlagValues, Flags } from '../command/flag.ts';
import { kebabCase } from '../command/kebab-case.ts';
import { changeCredential } from './change-credential.ts';
import { type Credential, credentialPath } from './credential.ts';
import { flagOf, listAttributes, readSpecFlags, specFlags } from './spec-flags.ts';
import { waitFlags } from './wait-flags.ts';

/** `--add-from` and `--remove-from`, and the same for the other lists. */
const listFlags: Flags = Object.fromEntries(
  listAttributes().flatMap((name) => {
    const flag = flagOf(name);
    const value = specFlags[flag]?.value ?? 'VALUE';
    return [
      [partFlag('add', flag), { value, isRepeatable: true, summary: `Add to ${name}` }],
      [partFlag('remove', flag), { value, isRepeatable: true, summary: `Remove from ${name}` }],
    ];
  }),
);

export const command = defineCommand({
  description:
    'Changes what the flags name, and leaves the rest. A list flag replaces the list. Without a flag, the record opens in $EDITOR as YAML.',
  arguments: {
    name: { summary: 'The credential', isCredential: true },
    patterns: { summary: 'More values of --from', isOptional: true, isVariadic: true },
  },
  flags: {
    ...specFlags,
    ...listFlags,
    unset: { value: 'ATTRIBUTE', isRepeatable: true, summary: 'Remove this attribute; labels.NAME removes one label' },
    ...waitFlags,
    ifMatch: { value: 'ETAG', summary: 'Only if the record is still the one with this etag' },
  },
  examples: [
    ['sesame edit billing --from billing@example.com --from invoices@example.com', 'These senders, and no others'],
    ['sesame edit billing --add-recipient success@simulator.amazonses.com', 'One more recipient'],
    ['sesame edit billing --unset valid_until', 'No end any more'],
    ['sesame edit billing', 'Edit it in $EDITOR'],
  ],
  hasDryRun: true,
  async run({ args: { name, patterns }, flags: typed, global }, deps, io) {
    const { wait, timeout, ifMatch } = typed;
    const flags = withMorePatterns(typed as unknown as AnyFlagValues, patterns);
    const isByFlags = Object.keys({ ...specFlags, ...listFlags, unset: true }).some((flag) => isGiven(flags[flag]));
    if (!isByFlags) {
      if (!io.isInteractive)
        throw usageError('Missing: what to change, such as --from PATTERN. An editor needs a terminal.');
      const { editInEditor } = await import('./edit-in-editor.ts');
      return await editInEditor({ name, wait, timeout, ifMatch, global }, deps, io);
    }
    const changes = readChanges(flags);
    const isPartial = Object.keys(listFlags).some((flag) => isGiven(flags[flag]));
    let etag = ifMatch ?? '*';
    let body: Readonly<Record<string, unknown>> = changes;
    if (isPartial) {
      const { api } = await deps.target();
      const { body: credential } = await callApi<Credential>(api, 'GET', credentialPath(name));
      // What is added to is what was read.
      etag = ifMatch ?? credential.etag;
      body = { ...changes, ...changeLists(credential, flags) };
    }
    return await changeCredential(
      {
        username: name,
        method: 'PATCH',
        path: credentialPath(name),
        body,
        headers: { 'if-match': etag },
        done: 'Changed',
      },
      { wait, timeout, global },
      deps,
      io,
    );
  },
});

function withMorePatterns(flags: AnyFlagValues, patterns: readonly string[]): AnyFlagValues {
  const from = flags['from'] as readonly string[];
  if (patterns.length === 0) return flags;
  if (from.length === 0) throw usageError(`Unexpected argument "${patterns[0]}".`);
  return { ...flags, from: [...from, ...patterns] };
}

function isGiven(value: AnyFlagValues[string]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}

/** What flags set, and null for what they unset. */
function readChanges(flags: AnyFlagValues): Record<string, unknown> {
  const set = readSpecFlags(flags);
  const unset = flags['unset'] as readonly string[];
  const ofLabels = unset.filter((name) => name.startsWith(labelPrefix)).map((name) => name.slice(labelPrefix.length));
  const others = unset.filter((name) => !name.startsWith(labelPrefix));
  const toNull = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
  return {
    ...set,
    ...toNull(others),
    ...(ofLabels.length === 0 ? {} : { labels: { ...toNull(ofLabels), ...(set['labels'] as object | undefined) } }),
  };
}

const labelPrefix = 'labels.';

function changeLists(credential: Credential, flags: AnyFlagValues): Record<string, unknown> {
  return Object.fromEntries(
    listAttributes().flatMap((name) => {
      const flag = flagOf(name);
      const added = flags[partFlag('add', flag)] as readonly string[];
      const removed = flags[partFlag('remove', flag)] as readonly string[];
      if (added.length === 0 && removed.length === 0) return [];
      if (isGiven(flags[flag]))
        throw usageError(`--${kebabCase(flag)} replaces the list: it goes with neither --add- nor --remove-.`);
      const before = (credential[name] as readonly string[] | undefined) ?? [];
      const absent = removed.find((value) => !before.includes(value));
      if (absent !== undefined) throw usageError(`${name} doesn't hold "${absent}". It holds: ${before.join(', ')}.`);
      const after = [...new Set([...before.filter((value) => !removed.includes(value)), ...added])];
      return [[name, after.length === 0 ? null : after]];
    }),
  );
}

function partFlag(part: 'add' | 'remove', flag: string): string {
  return `${part}${flag.charAt(0).toUpperCase()}${flag.slice(1)}`;
}
