import { SesameError } from '../credential/errors.ts';
import type { MessageDescription, RedriveTarget } from '../dead-letter/describe-message.ts';
import type { MessageBox } from '../dead-letter/message-box.ts';
import { readOriginalAttributes } from '../dead-letter/parked-message.ts';
import { type MessageId, type MessagesDeps, withMessage } from './held-messages.ts';

export interface RedriveMessageDeps extends MessagesDeps {
  /** The queues whose functions process the work again. */
  readonly targets: Readonly<Record<RedriveTarget, Pick<MessageBox, 'send'>>>;
}

/**
 * Sends one dead letter or parked message back to the queue of its function, where its attempts start from zero. It is
 * deleted only after that. If the deletion fails, the work is done at most twice, which is harmless.
 *
 * @throws SesameError `MessageNotFound`, `MessageNotRedrivable`, permanent; or what SQS throws
 */
export async function redriveMessage(
  id: MessageId,
  deps: RedriveMessageDeps,
): Promise<MessageDescription & { readonly redriveTarget: RedriveTarget }> {
  return await withMessage(id, deps, async (message, description, box) => {
    const { redriveTarget } = description;
    if (redriveTarget === undefined) throw notRedrivable(description);
    const attributes = readOriginalAttributes(message.attributes);
    await deps.targets[redriveTarget].send({ body: message.body, attributes });
    await box.delete(message);
    return { ...description, redriveTarget };
  });
}

const reasons: Partial<Record<MessageDescription['form'], string>> = {
  foreign: "It isn't one of Sesame's. Find out who sends it, then drop it.",
  'ses-event': 'Sesame cannot parse it. Report it, then drop it.',
  invocation: 'Its function runs again by its schedule. Drop it when the function works.',
};

function notRedrivable({ messageId, form }: MessageDescription): SesameError {
  return new SesameError(
    'MessageNotRedrivable',
    'permanent',
    `The message ${messageId} can't be sent back. ${reasons[form] ?? 'No queue takes it.'}`,
  );
}
