import { SesameError } from '../credential/errors.ts';
import { describeMessage, type MessageDescription, type OwnMessages } from '../dead-letter/describe-message.ts';
import type { HeldMessage, MessageBox } from '../dead-letter/message-box.ts';

/** The queues whose messages wait for a person or a retry. */
export type BoxName = 'dead-letters' | 'parked-messages';

export interface MessagesDeps {
  readonly boxes: Readonly<Record<BoxName, MessageBox>>;
  readonly own: OwnMessages;
}

/** Identifies one message. */
export interface MessageId {
  readonly box: BoxName;
  readonly messageId: string;
}

/** Long enough to read a thousand messages. If the process dies, they stay hidden only this long. */
const holdSeconds = 60;
/** The maximum number of messages that one call reads. */
const maxHeld = 1_000;

/** Messages that are hidden while `use` runs, and released afterwards. */
export interface HeldMessages {
  readonly messages: readonly HeldMessage[];
  /** There may be more than these. */
  readonly isCut: boolean;
}

/**
 * Receives the visible messages of a queue, and always releases them at the end unless `use` has deleted them. SQS
 * counts this as a receive of each message.
 *
 * @param isEnough stops receiving when it returns true
 */
export async function withHeldMessages<Result>(
  box: MessageBox,
  isEnough: (messages: readonly HeldMessage[]) => boolean,
  use: (held: HeldMessages) => Promise<Result> | Result,
): Promise<Result> {
  const held = new Map<string, HeldMessage>();
  try {
    let isCut = true;
    while (held.size < maxHeld && !isEnough([...held.values()])) {
      const taken = await box.take(holdSeconds);
      const known = held.size;
      // A message that was received twice had become visible again. Only the later receipt handle is valid.
      for (const message of taken) held.set(message.messageId, message);
      if (held.size > known) continue;
      isCut = false;
      break;
    }
    return await use({ messages: [...held.values()], isCut });
  } finally {
    // If this fails, they become visible when the time is over.
    await box.release([...held.values()]).catch(() => {});
  }
}

/**
 * Finds one message among the visible ones.
 *
 * @throws SesameError `MessageNotFound`, permanent
 */
export async function withMessage<Result>(
  { box: boxName, messageId }: MessageId,
  { boxes, own }: MessagesDeps,
  use: (message: HeldMessage, description: MessageDescription, box: MessageBox) => Promise<Result> | Result,
): Promise<Result> {
  const box = boxes[boxName];
  const isIt = (message: HeldMessage) => message.messageId === messageId;
  return await withHeldMessages(
    box,
    (messages) => messages.some(isIt),
    ({ messages }) => {
      const message = messages.find(isIt);
      if (message === undefined) {
        throw new SesameError(
          'MessageNotFound',
          'permanent',
          `There is no visible message ${messageId} among the ${boxName}. It was deleted, or a function is processing it; then it becomes visible again later.`,
        );
      }
      return use(message, describeMessage(message, own), box);
    },
  );
}
