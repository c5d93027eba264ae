import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { credentialCauses } from '../src/mail-client/explain-credentials.ts';
import { ruleSections } from '../src/mail-client/smtp-rules/all-rules.ts';
import type { SmtpRule } from '../src/mail-client/smtp-rules/smtp-rule.ts';

export const smtpRepliesFile = join(import.meta.dirname, '..', 'docs', 'smtp-replies.md');

const introduction = `# What an SMTP reply means

<!-- Written by scripts/smtp-replies-docs.ts: npm run docs:smtp-replies -->

\`sesame explain\` reads an SMTP reply, a transcript, a log line, an error of a mail client or the diagnostic code of a bounce, and
says what it means and what to do. This page lists all that it knows: the word for programs, an example of the text, the cause and
the remedy. A code that begins with 4 is temporary: the same attempt may succeed later. SES sends no enhanced status code such as
5.1.1, except with its idle timeout; a reply with one comes from the server of a recipient.

Replies of other servers, and words that AWS does not document, are as people reported them.`;

/** Renders docs/smtp-replies.md. */
export function renderSmtpReplies(): string {
  const sections = Object.entries(ruleSections).map(
    ([title, rules]) =>
      `## ${title}\n\n| code | text | cause | remedy |\n|---|---|---|---|\n${rules.map(renderRule).join('\n')}`,
  );
  const causes = credentialCauses.map(({ code, cause, remedy }) => row(`\`${code}\``, cause, remedy));
  return `${[
    introduction,
    ...sections,
    `## The causes of 535\n\nSES gives the same reply for all of them. Where a transcript or a URL shows one, \`sesame explain\` names it; it never repeats a credential.\n\n| code | cause | remedy |\n|---|---|---|\n${causes.join('\n')}`,
  ].join('\n\n')}\n`;
}

function renderRule({ code, sample, cause, remedy, link }: SmtpRule): string {
  const text = sample.includes('`') ? `\`\` ${sample} \`\`` : `\`${sample}\``;
  return row(`\`${code}\``, text, cause, `${remedy} [More](${link})`);
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const usage = `Usage: npm run docs:smtp-replies

Writes docs/smtp-replies.md from the rules of src/mail-client.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    () => {
      writeFileSync(smtpRepliesFile, renderSmtpReplies());
      return Promise.resolve(0);
    },
  );
}
