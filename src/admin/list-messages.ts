import { describeMessage, type MessageDescription } from '../dead-letter/describe-message.ts';
import { type BoxName, type MessagesDeps, withHeldMessages } from './held-messages.ts';

export interface MessageList {
  /** Oldest first. */
  readonly messages: readonly MessageDescription[];
  /** There may be more than these. */
  readonly isCut: boolean;
}

/**
 * Lists the visible dead letters or parked messages. None is lost. But SQS counts each listing as a receive, and the
 * processor of dead letters counts receives as attempts, so list dead letters sparingly.
 *
 * @param input.limit at most so many are listed. SQS returns up to ten at once, so the oldest may not be among the first
 */
export async function listMessages(
  { box, limit = 100 }: { readonly box: BoxName; readonly limit?: number },
  { boxes, own }: MessagesDeps,
): Promise<MessageList> {
  return await withHeldMessages(
    boxes[box],
    (messages) => messages.length >= limit,
    ({ messages, isCut }) => ({
      messages: [...messages]
        .sort((a, b) => a.sentAtMs - b.sentAtMs)
        .slice(0, limit)
        .map((message) => describeMessage(message, own)),
      isCut: isCut || messages.length > limit,
    }),
  );
}
