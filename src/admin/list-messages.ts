import { describeMessage, type MessageDescription } from '../dead-letter/describe-message.ts';
import { type BoxName, type MessagesDeps, withHeldMessages } from './held-messages.ts';

export interface MessageList {
  /** Oldest first. */
  readonly messages: readonly MessageDescription[];
  /** There may be more than these. */
  readonly isCut: boolean;
}

/**
 * Lists the dead letters or the parked messages that nobody holds. None is lost by that. But SQS counts each look at a dead letter as a
 * receive, and its processor counts receives as tries; so look at dead letters seldom.
 *
 * @param input.limit how many are wanted at least; up to 1,000 are looked at
 */
export async function listMessages(
  { box, limit = 100 }: { readonly box: BoxName; readonly limit?: number },
  { boxes, own }: MessagesDeps,
): Promise<MessageList> {
  return await withHeldMessages(
    boxes[box],
    (messages) => messages.length >= limit,
    ({ messages, isCut }) => ({
      messages: [...messages].sort((a, b) => a.sentAtMs - b.sentAtMs).map((message) => describeMessage(message, own)),
      isCut,
    }),
  );
}
