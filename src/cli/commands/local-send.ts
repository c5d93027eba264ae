import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { credentialPath } from './credential.ts';
import type { SmtpLogin } from './smtp-login.ts';

export const command = defineCommand({
  description:
    'As a mail client does, with the credential of that name. Exit code 0: taken; 3: refused; 4: refused for the moment.',
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {
    from: { value: 'ADDRESS', isRequired: true, summary: 'The From header' },
    envelope: { value: 'ADDRESS', summary: 'The envelope sender, if it is another' },
    to: { value: 'ADDRESS', isRepeatable: true, isRequired: true, summary: 'A recipient' },
    subject: { value: 'TEXT', summary: 'The subject' },
    starttls: { summary: 'Over STARTTLS, instead of TLS from the first byte' },
  },
  examples: [
    ['sesame local send billing --from billing@example.com --to success@simulator.amazonses.com', 'Is it taken?'],
  ],
  async run({ args: { name }, flags: { from, envelope, to, subject = 'Hello from Sesame', starttls } }, deps) {
    const { api, smtpCaFile } = await deps.localTarget();
    const { body: login } = await callApi<SmtpLogin>(api, 'POST', credentialPath(name, 'reveal'));
    const reply = await deps.sendMail({
      host: login.smtp_host,
      port: starttls ? login.ports.starttls : login.ports.tls,
      isStartTls: starttls,
      caFile: smtpCaFile,
      username: login.smtp_username,
      password: login.smtp_password,
      from,
      envelopeFrom: envelope ?? from,
      to,
      subject,
      text: `${subject}\n`,
    });
    const [digit] = reply;
    const isTaken = digit === '2';
    return {
      json: { accepted: isTaken, reply },
      fields: [['reply', { text: reply, tone: isTaken ? 'good' : 'bad' }]],
      notes: isTaken ? [] : ['What it means: sesame explain, with this reply'],
      exit: isTaken ? exitCodes.ok : digit === '4' ? exitCodes.unknown : exitCodes.refused,
    };
  },
});
