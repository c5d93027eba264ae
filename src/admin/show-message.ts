import type { MessageDescription } from '../dead-letter/describe-message.ts';
import { type MessageId, type MessagesDeps, withMessage } from './held-messages.ts';

/** A message as stored in its queue. Our own messages hold no password, but a foreign one may hold anything. */
export interface ShownMessage extends MessageDescription {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Shows one dead letter or parked message, and leaves it in its queue.
 *
 * @throws SesameError `MessageNotFound`, permanent
 */
export async function showMessage(id: MessageId, deps: MessagesDeps): Promise<ShownMessage> {
  return await withMessage(id, deps, ({ body, attributes }, description) => ({ ...description, body, attributes }));
}
