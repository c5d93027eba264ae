import { SesameError } from '../credential/errors.ts';
import { describeMessage, type MessageDescription, type OwnMessages } from '../dead-letter/describe-message.ts';
import type { HeldMessage, MessageBox } from '../dead-letter/message-box.ts';

/** The queues whose messages wait for a person. */
export type BoxName = 'dead-letters' | 'parked-messages';

export interface MessagesDeps {
  readonly boxes: Readonly<Record<BoxName, MessageBox>>;
  readonly own: OwnMessages;
}

/** Names one message. */
export interface MessageId {
  readonly box: BoxName;
  readonly messageId: string;
}

/** Long enough to look through a thousand messages. Whoever dies meanwhile hides them no longer than this. */
const holdSeconds = 60;
/** What one look goes through at most. */
const maxHeld = 1_000;

/** Messages that are held while `use` runs, and are shown again afterwards. */
export interface HeldMessages {
  readonly messages: readonly HeldMessage[];
  /** There may be more than these. */
  readonly isCut: boolean;
}

/**
 * Holds the messages of a queue that nobody else holds, and shows them again at the end, whatever happens: except for those that `use`
 * has deleted. SQS counts this as a receive of each.
 *
 * @param isEnough no more are taken once this is true
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
      // One that comes twice: its time is over. The later receipt is the one that is good.
      for (const message of taken) held.set(message.messageId, message);
      if (held.size > known) continue;
      isCut = false;
      break;
    }
    return await use({ messages: [...held.values()], isCut });
  } finally {
    // If it fails they show themselves when the time is over.
    await box.release([...held.values()]).catch(() => {});
  }
}

/**
 * Finds one message among those that nobody holds.
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
          `There is no message ${messageId} to be seen among the ${boxName}. It is gone, or a function works on it: then it shows again later.`,
        );
      }
      return use(message, describeMessage(message, own), box);
    },
  );
}
