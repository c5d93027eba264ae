import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findErrorRule } from '../src/aws/error-table.ts';
import { readDesiredState } from '../src/credential/record/desired-state.ts';
import { narrowSpec } from '../src/credential/record/effective-spec.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { runbookOfCode } from '../src/credential/record/runbook.ts';
import { spec } from '../src/credential/record/spec.ts';
import type { SpecAttribute } from '../src/credential/record/spec-attribute.ts';
import { documentedErrors } from './support/documented-errors.ts';

const root = join(import.meta.dirname, '..');

/** One of our errors, and the function that makes it. */
interface OwnError {
  readonly code: string;
  readonly source: string;
}

/** Their errors end on no record: mail is counted there, and administrators' programs are answered. */
const elsewhere = ['feedback-counter.ts', 'editable-credential-table.ts']
  .map((file) => `src/aws/dynamodb/${file}`)
  .concat('src/credential/record/edit-on-revision.ts');

/** Every error of ours that reconciling may put on a record. A login's stand under `verification_failure`. */
const ownErrors = ['src/credential', 'src/aws/iam', 'src/aws/dynamodb']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('src/credential/verify/'))
  .filter((file) => !elsewhere.includes(file))
  .flatMap((file): OwnError[] =>
    readFileSync(join(root, file), 'utf8')
      .split(/\n(?=\S[^\n]*function )/)
      .flatMap((source) =>
        [...source.matchAll(/new (?:SesameError|InvalidRecordError)\(\s*'(\w+)',/g)].map(([, code = '']) => ({
          code,
          source,
        })),
      ),
  );

/** What the reading of a record says against it. */
const specCodes = Object.values(spec).flatMap((attribute: SpecAttribute<unknown>) =>
  attribute.isSoft === true ? [] : attribute.codes,
);

/** The services that reconciling calls, and the codes that may end up on a record. */
const awsCodes = documentedErrors()
  .filter(({ operation }) => /^(iam|dynamodb|kms):/.test(operation))
  .map(({ operation, name }) => ({ ...findErrorRule(operation, name, '', 400), name }))
  .filter(({ kind, remedy }) => kind !== 'conflict' && !remedy.startsWith('Nothing has to be done'))
  .map(({ code, name }) => code ?? name);

const runbook = readFileSync(join(root, 'docs/runbooks/failed-credential.md'), 'utf8');
const listed = [...runbook.matchAll(/^\| (`.+?) \| .+ \|$/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`([\w…]+)`/g)].map(([, code = '']) => code),
);
const rowOf = (code: string) =>
  runbook.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${code}\``));
const isListed = (code: string) =>
  listed.some((entry) => (entry.endsWith('…') ? code.startsWith(entry.slice(0, -1)) : entry === code));

describe('every failure', () => {
  it('of ours says what to do, or that nothing has to be done', () => {
    expect(ownErrors.length).toBeGreaterThan(12);
    const action =
      /again automatically|for it automatically|next attempt|[Rr]emedy|\b(?:Add|Change|Correct|Remove|Replace|Report|Set|Use|Write)\b/;
    // Other functions make their messages, which have their own tests.
    const elsewhere = ['InvalidAddressPattern', 'IamUserLeftOver', 'ReceivingRuleMissing'];
    const silent = ownErrors.filter(({ code, source }) => !elsewhere.includes(code) && !action.test(source));
    expect(silent.map(({ code }) => code)).toEqual([]);
  });

  it('about a missing receiving rule says what to do', () => {
    const record = readRecord('jane', { status: 'pending', allowed_from_addresses: ['jane@example.com'] });
    const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' };
    const desired = readDesiredState(record, scope);
    expect(() => narrowSpec(record, desired, new Set(['jane@example.com']), scope)).toThrow(/Add a rule/);
  });

  it('has a runbook that exists, and that knows the code', () => {
    const codes = new Set([...ownErrors.map(({ code }) => code), ...awsCodes, ...specCodes]);
    const lost = [...codes].filter((code) => {
      const name = runbookOfCode(code);
      if (!existsSync(join(root, `docs/runbooks/${name}.md`))) return true;
      // The runbook of failures knows every code, and leads to the others.
      return name !== 'failed-credential' && !rowOf(code)?.includes(`(${name}.md)`);
    });
    expect(lost).toEqual([]);
  });

  it('has its row in the runbook', () => {
    expect(listed.length).toBeGreaterThan(20);
    const codes = new Set([...ownErrors.map(({ code }) => code), ...awsCodes, ...specCodes]);
    expect(specCodes).toEqual(expect.arrayContaining(['InvalidStatus', 'InvalidAddressPattern', 'InvalidLabels']));
    expect([...codes].filter((code) => !isListed(code))).toEqual([]);
  });
});
