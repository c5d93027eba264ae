import { explainSmtpText } from '../../mail-client/explain-smtp-text.ts';
import type { SmtpExplanation } from '../../mail-client/smtp-explanation.ts';
import { usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import type { Cell } from '../command/result.ts';

export const command = defineCommand({
  description:
    "A reply of the SMTP server, a transcript, or lines of a mail client's log: as arguments, or on stdin. Needs no AWS. Exit code 4 if nothing in it is known.",
  arguments: { reply: { summary: 'The reply; stdin, if not given', isOptional: true, isVariadic: true } },
  flags: {},
  examples: [
    ["sesame explain '554 Message rejected: Email address is not verified.'", 'What it means, and what to do'],
    ['sesame explain < transcript.txt', 'Every refusal in a transcript'],
  ],
  async run({ args: { reply } }, deps, io) {
    if (reply.length === 0 && io.isInteractive) io.note('Paste the text, then press Enter and Ctrl-D.');
    const text = reply.length === 0 ? await deps.readStdin() : reply.join(' ');
    if (text.trim() === '') throw usageError('Missing: REPLY, or a text on stdin.');
    const explanations = explainSmtpText(text);
    const isKnown = explanations.some(({ code }) => code !== 'unknown-reply');
    return {
      json: { explanations: explanations.map(({ isTemporary, ...each }) => ({ ...each, is_temporary: isTemporary })) },
      fields: explanations.flatMap(describe),
      notes: isKnown
        ? adviseCheck(explanations)
        : ['There is no reply in it that is known. Paste the whole line of the log.'],
      exit: isKnown ? exitCodes.ok : exitCodes.unknown,
    };
  },
});

/** One of several causes applies. Where the record and its policy decide, the check of a mail knows which. */
function adviseCheck(explanations: readonly SmtpExplanation[]): string[] {
  const isDenied = explanations.some(({ reply, causes = [] }) => reply?.startsWith('554') && causes.length > 0);
  return isDenied ? ['Which cause it is: sesame can NAME --from SENDER --to RECIPIENT'] : [];
}

/** One explanation, for people. Where one reply has several causes, each with its own remedy, they stand in the order to check them. */
function describe({ reply, cause, remedy, link, isTemporary, causes = [] }: SmtpExplanation): [string, Cell][] {
  return [
    ['reply', reply === undefined ? undefined : { text: reply, tone: 'bold' }],
    ['cause', cause],
    ...causes.map((each, index): [string, Cell] => [`cause ${index + 1}`, `${each.cause} ${each.remedy}`]),
    ['to do', remedy],
    ['temporary', isTemporary ? 'yes' : undefined],
    ['more', { text: link, tone: 'dim' }],
  ];
}
