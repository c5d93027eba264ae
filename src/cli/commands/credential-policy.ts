import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Cell, Row } from '../command/result.ts';
import { credentialPath } from './credential.ts';
import { findingTones, type HeldPolicy, type Policy } from './policy.ts';

export const command = defineCommand({
  description:
    'The policy that the record asks for, every policy that its IAM user holds, and the difference. Exit code 0: IAM holds what is wanted; 3: it differs; 4: unknown.',
  arguments: { name: { summary: 'The credential' } },
  flags: {},
  examples: [
    ['sesame policy billing', 'What may it do, and did somebody change that in IAM?'],
    ['sesame policy billing --output json', 'With whole documents, and the difference as values'],
  ],
  columns: ['policy', 'kind', 'form', 'document'],
  async run({ args: { name } }, deps, io) {
    const { api } = await deps.target();
    io.progress('Asking IAM …');
    const { body } = await callApi<Policy>(api, 'GET', credentialPath(name, 'policy'));
    const { matches, findings, wanted, iam_user: user, held, differences } = body;
    const verdict = matches === null ? 'unknown' : matches ? 'same' : 'different';
    return {
      json: body,
      fields: [
        ['username', { text: name, tone: 'bold' }],
        ['iam user', user.arn],
        ['matches', cell(matches === null ? 'unknown' : matches ? 'yes' : 'no', verdict)],
        ...findings.map(({ code, message, state }) => ['finding', cell(`${code}: ${message}`, state)] as const),
        ...differences.map(({ text }) => ['difference', cell(text, 'different')] as const),
        ['boundary', held?.permissions_boundary ?? undefined],
      ],
      rows: [
        ...(wanted === null ? [] : [{ policy: 'wanted', form: wanted.form, document: showDocument(wanted.document) }]),
        ...[...(held?.inline ?? []), ...(held?.attached ?? [])].map(showPolicy),
      ],
      exit: { same: exitCodes.ok, different: exitCodes.refused, unknown: exitCodes.unknown }[verdict],
    };
  },
});

function showPolicy({ name, kind, form, document, problem }: HeldPolicy): Row {
  return {
    policy: name,
    kind: kind === 'sending' ? kind : { text: kind, tone: 'warning' },
    form,
    document: problem === undefined ? showDocument(document) : { text: problem, tone: 'warning' },
  };
}

/** With spaces, where a terminal may break the line. */
function showDocument(document: unknown): string {
  return JSON.stringify(document, null, 1).replaceAll(/\n\s*/g, ' ');
}

function cell(text: string, state: string): Cell {
  return { text, tone: findingTones[state] ?? 'dim' };
}
