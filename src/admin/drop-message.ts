import { SesameError } from '../credential/errors.ts';
import type { MessageDescription } from '../dead-letter/describe-message.ts';
import { type MessageId, type MessagesDeps, withMessage } from './held-messages.ts';

/**
 * Permanently deletes one dead letter or parked message. Returns the description of the deleted message.
 *
 * @param input.isForeignToo also deletes messages that are not Sesame's
 * @throws SesameError `MessageNotFound`, `ForeignMessage`, permanent; or what SQS throws
 */
export async function dropMessage(
  { isForeignToo = false, ...id }: MessageId & { readonly isForeignToo?: boolean },
  deps: MessagesDeps,
): Promise<MessageDescription> {
  return await withMessage(id, deps, async (message, description, box) => {
    if (description.form === 'foreign' && !isForeignToo) {
      throw new SesameError(
        'ForeignMessage',
        'permanent',
        `The message ${id.messageId} isn't one of Sesame's. It is only deleted if that is requested explicitly.`,
      );
    }
    await box.delete(message);
    return description;
  });
}
