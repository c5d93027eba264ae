import type { ApiClient } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { defineCommand } from '../command/command.ts';
import { credentialPath } from './credential.ts';
import { findSentMessages } from './find-sent-messages.ts';
import { readIfKept } from './last-mails.ts';
import type { SentMessage } from './sent-message.ts';

interface Violations {
  readonly windows: Readonly<Record<string, number>>;
  readonly hours: readonly { readonly hour: string; readonly violations: number }[];
  readonly alerts: readonly { readonly finding: string; readonly quiet_until?: string }[];
}

export const command = defineCommand({
  arguments: { name: { summary: 'The credential', isCredential: true } },
  flags: {},
  examples: [['sesame violations billing', 'When it used senders that its record does not allow']],
  columns: ['hour', 'violations'],
  async run({ args: { name } }, deps) {
    const { api } = await deps.target();
    const { body } = await callApi<Violations>(api, 'GET', credentialPath(name, 'violations'));
    const [latest] = body.hours;
    const mails = latest && (await readIfKept(() => readOffendingMails(api, name, latest.hour)));
    return {
      json: { ...body, mails: mails ?? null },
      fields: [
        ...Object.entries(body.windows).map(([window, count]) => [`last ${window}`, count] as const),
        ...body.alerts.map(({ finding, quiet_until: end }) => ['alert', `${finding}, quiet until ${end}`] as const),
        ...(mails ?? []).map(
          ({ at, message_id, verdict }) =>
            ['mail', `${at} ${verdict.senders.map(({ address }) => address).join(', ')} (${message_id})`] as const,
        ),
      ],
      rows: body.hours.map(({ hour, violations }) => ({ hour: `${hour}:00Z`, violations })),
      notes:
        body.hours.length === 0
          ? ['None in 30 days.']
          : ['The alert and the log name the senders; `sesame where NAME` shows the mails.'],
    };
  },
});

const shown = 10;
const enough = 5_000;

/** The mails of an hour whose senders the record as it is now doesn't allow. The counters don't name them; the log does. */
async function readOffendingMails(api: ApiClient, credential: string, hour: string): Promise<readonly SentMessage[]> {
  const startMs = Date.parse(`${hour}:00:00Z`);
  const query = {
    credential,
    since: new Date(startMs).toISOString(),
    until: new Date(startMs + 3_600_000 - 1).toISOString(),
  };
  const { messages } = await findSentMessages(api, query, { limit: enough });
  return messages.filter(({ verdict }) => verdict.senders.length > 0).slice(-shown);
}
