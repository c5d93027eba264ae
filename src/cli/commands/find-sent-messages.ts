import { type ApiClient, type ApiRequest, apiPath } from '../command/api-client.ts';
import { callApi } from '../command/call-api.ts';
import { mergeMessages, type SentMessage } from './sent-message.ts';

export interface SentMessages {
  readonly messages: readonly SentMessage[];
  readonly looked_at: { readonly since: string; readonly until: string; readonly calls: number };
  /** There is more to look at. */
  readonly next_cursor?: string;
}

interface Options {
  readonly limit?: number | undefined;
  /** Ends the search although there is more to look at. */
  readonly isEnough?: (messages: readonly SentMessage[]) => boolean;
  readonly onPage?: (found: SentMessages) => void;
}

const pageSize = 1_000;

/** Looks for mails until everything has been looked at, or enough was found. */
export async function findSentMessages(
  api: ApiClient,
  query: NonNullable<ApiRequest['query']>,
  { limit = Number.POSITIVE_INFINITY, isEnough = () => false, onPage = () => {} }: Options = {},
): Promise<SentMessages> {
  const byId = new Map<string, SentMessage>();
  let cursor: string | undefined;
  let since: string | undefined;
  let until = '';
  let calls = 0;
  do {
    const { body } = await callApi<SentMessages>(api, 'GET', apiPath('messages'), {
      query: { ...query, limit: String(Math.min(pageSize, limit)), cursor },
    });
    for (const message of body.messages) {
      const known = byId.get(message.message_id);
      byId.set(message.message_id, known === undefined ? message : mergeMessages(known, message));
    }
    cursor = body.next_cursor;
    since = since === undefined || body.looked_at.since < since ? body.looked_at.since : since;
    until = body.looked_at.until > until ? body.looked_at.until : until;
    calls += body.looked_at.calls;
    onPage({ ...body, messages: [...byId.values()] });
  } while (cursor !== undefined && byId.size < limit && !isEnough([...byId.values()]));
  return {
    messages: [...byId.values()],
    looked_at: { since, until, calls },
    ...(cursor === undefined ? {} : { next_cursor: cursor }),
  };
}
