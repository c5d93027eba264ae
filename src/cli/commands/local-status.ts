import { defineCommand } from '../command/command.ts';
import { requireLocalStack } from './require-local-stack.ts';

export const command = defineCommand({
  description: 'Where its parts are. Exit code 5 if none runs here.',
  arguments: {},
  flags: {},
  examples: [['sesame local status', 'SMTP host and ports, mailbox, log files']],
  async run(_input, deps) {
    const { credentials, ...stack } = await requireLocalStack(deps);
    const { pid, endpoint, table, smtp, mailbox, logs, apiUrl, file } = stack;
    return {
      json: stack,
      fields: [
        ['process', pid],
        ['aws endpoint', endpoint],
        ['api', apiUrl],
        ['table', table],
        ['smtp', `${smtp.host}:${smtp.startTlsPort} (STARTTLS), :${smtp.tlsPort} (TLS)`],
        ['certificates', smtp.caFile],
        ['mailbox', mailbox],
        ...Object.entries(logs).map(([name, path]) => [`log of ${name}`, path] as const),
        ['description', file],
      ],
    };
  },
});
