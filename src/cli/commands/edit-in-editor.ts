import { parse, stringify } from 'yaml';
import { specAttributeNames } from '../../credential/record/spec-attribute-names.ts';
import { callApi } from '../command/call-api.ts';
import { CliError, type Fault } from '../command/cli-error.ts';
import type { GlobalFlags } from '../command/command.ts';
import type { CommandDeps } from '../command/command-deps.ts';
import type { CommandIo } from '../command/command-io.ts';
import type { Result } from '../command/result.ts';
import { changeCredential } from './change-credential.ts';
import { type Credential, credentialPath } from './credential.ts';
import { attributesWithoutFlag } from './spec-flags.ts';

export interface EditorRequest {
  readonly name: string;
  readonly wait: boolean;
  readonly timeout: number | undefined;
  readonly ifMatch: string | undefined;
  readonly global: GlobalFlags;
}

const attributes = specAttributeNames.filter((name) => !attributesWithoutFlag.has(name));
const faultMark = '# FAULT ';

/**
 * Lets a person edit the attributes as YAML. If the API finds faults, the text opens again with each fault above its line, until it is
 * valid or nothing is changed any more.
 */
export async function editInEditor(request: EditorRequest, deps: CommandDeps, io: CommandIo): Promise<Result> {
  const { name, wait, timeout, ifMatch, global } = request;
  const { api } = await deps.target();
  const { body: credential } = await callApi<Credential>(api, 'GET', credentialPath(name));
  const before = Object.fromEntries(
    attributes.map((each) => [each, credential[each]]).filter(([, value]) => value !== undefined),
  );
  const absent = attributes.filter((each) => before[each] === undefined);
  let text = `# ${name}. Remove an attribute to unset it. Save without a change, or an empty file, to leave it as it is.\n${stringify(before)}${absent.map((each) => `# ${each}:\n`).join('')}`;
  let refused: { readonly text: string; readonly error: unknown } | undefined;
  for (;;) {
    const edited = await deps.editText(text, `${name.replaceAll('/', '_')}.yaml`);
    const plain = withoutFaults(edited ?? text);
    // Nobody will correct it. An editor that is a program would be started for ever.
    if (refused?.text === plain) throw refused.error;
    if (edited === undefined || plain.trim() === '')
      return { json: { username: name, is_unchanged: true }, notes: ['Nothing was changed.'] };
    try {
      const body = toPatch(before, parse(plain));
      return await changeCredential(
        {
          username: name,
          method: 'PATCH',
          path: credentialPath(name),
          body,
          headers: { 'if-match': ifMatch ?? credential.etag },
          done: 'Changed',
        },
        { wait, timeout, global },
        deps,
        io,
      );
    } catch (error) {
      const faults = faultsOf(error);
      if (faults === undefined) throw error;
      text = markFaults(plain, faults);
      refused = { text: plain, error };
    }
  }
}

/** Faults of what a person typed; undefined for anything else. */
function faultsOf(error: unknown): readonly Fault[] | undefined {
  if (error instanceof CliError) return error.faults;
  const { name, message, linePos } = error as { name?: string; message: string; linePos?: readonly { line: number }[] };
  if (name !== 'YAMLParseError') return undefined;
  const [first = ''] = message.split('\n');
  return [{ attribute: `line ${linePos?.[0]?.line ?? 1}`, code: 'InvalidYaml', message: first }];
}

/** A merge patch: what is new or different, and null for what is gone. */
export function toPatch(before: Readonly<Record<string, unknown>>, after: unknown): Record<string, unknown> {
  if (after !== null && (typeof after !== 'object' || Array.isArray(after))) {
    const message = 'The text must hold attributes, each as "name: value".';
    throw new CliError('refused', 'InvalidYaml', message, {
      faults: [{ attribute: 'line 1', code: 'InvalidYaml', message }],
    });
  }
  const wanted = (after ?? {}) as Readonly<Record<string, unknown>>;
  const gone = Object.keys(before).filter((name) => wanted[name] === undefined || wanted[name] === null);
  const changed = Object.entries(wanted).filter(([name, value]) => value !== null && !isSame(before[name], value));
  return {
    ...Object.fromEntries(
      changed.map(([name, value]) => [name, name === 'labels' ? labelsPatch(before[name], value) : value]),
    ),
    ...Object.fromEntries(gone.map((name) => [name, null])),
  };
}

/** The API merges labels, so those that are gone must be named. */
function labelsPatch(before: unknown, after: unknown): unknown {
  if (typeof after !== 'object' || after === null || typeof before !== 'object' || before === null) return after;
  const gone = Object.keys(before).filter((name) => !(name in after));
  return { ...after, ...Object.fromEntries(gone.map((name) => [name, null])) };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Writes each fault above the line of its attribute; those without a line at the top. */
export function markFaults(text: string, faults: readonly Fault[]): string {
  const lines = text.split('\n');
  const marked = new Map<number, string[]>();
  for (const { attribute, message } of faults) {
    const line = /^line (\d+)$/.exec(attribute)?.[1];
    const at = line === undefined ? lines.findIndex((each) => each.startsWith(`${attribute}:`)) : Number(line) - 1;
    const index = Math.max(0, at);
    marked.set(index, [...(marked.get(index) ?? []), `${faultMark}${message.replaceAll('\n', ' ')}`]);
  }
  return lines.flatMap((line, index) => [...(marked.get(index) ?? []), line]).join('\n');
}

function withoutFaults(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(faultMark))
    .join('\n');
}
