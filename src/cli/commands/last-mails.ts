import type { ApiClient } from '../command/api-client.ts';
import { CliError } from '../command/cli-error.ts';
import { findSentMessages } from './find-sent-messages.ts';
import type { SentMessage } from './sent-message.ts';

const shown = 3;
/** Milliseconds back from now. The log is read forwards, so the last mails are looked for in a short time first. */
const windows = [15 * 60_000, 86_400_000] as const;
const enough = 5_000;

/** The last mails of a credential within a day, the latest first. */
export async function readLastMails(
  api: ApiClient,
  credential: string,
  nowMs: number,
): Promise<readonly SentMessage[]> {
  for (const window of windows) {
    const query = { credential, since: new Date(nowMs - window).toISOString(), until: new Date(nowMs).toISOString() };
    const { messages } = await findSentMessages(api, query, { limit: enough });
    if (messages.length > 0) return messages.slice(-shown).reverse();
  }
  return [];
}

/** What the caller may not read, or the deployment doesn't keep, is left out: the rest still helps. */
export async function readIfKept<Value>(read: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CliError && (error.exit === 'denied' || error.code === 'EventLogMissing')) return undefined;
    throw error;
  }
}
