import { SesameError } from '../../src/credential/errors.ts';
import type { HeldMessage, MessageBox } from '../../src/dead-letter/message-box.ts';
import type { QueuedMessage } from '../../src/dead-letter/queue-message.ts';

/** A queue in memory. */
export interface FakeMessageBox extends MessageBox {
  /** Ids of the messages that anybody can take, in their order. */
  visible(): string[];
  readonly sent: QueuedMessage[];
  /** What fails from now on. */
  readonly broken: { send: boolean; delete: boolean; release: boolean };
}

/** Makes one with these messages, which were sent a second apart. */
export function createFakeMessageBox(
  messages: readonly (Partial<HeldMessage> & { readonly messageId: string })[] = [],
): FakeMessageBox {
  const all = new Map(
    messages.map((message, index) => [
      message.messageId,
      { body: '{}', attributes: {}, sentAtMs: index * 1000, receiveCount: 0, sourceQueueArn: undefined, ...message },
    ]),
  );
  const held = new Set<string>();
  const sent: QueuedMessage[] = [];
  const broken = { send: false, delete: false, release: false };
  const refuse = (what: keyof typeof broken) =>
    broken[what] ? Promise.reject(new SesameError('Broken', 'retryable', `${what} is broken`)) : Promise.resolve();
  return {
    sent,
    broken,
    visible: () => [...all.keys()].filter((id) => !held.has(id)),
    take() {
      const free = [...all.values()].filter(({ messageId }) => !held.has(messageId)).slice(0, 10);
      for (const { messageId } of free) held.add(messageId);
      return Promise.resolve(free.map((message) => ({ ...message, receiptHandle: `receipt-${message.messageId}` })));
    },
    async release(released) {
      await refuse('release');
      for (const { messageId } of released) held.delete(messageId);
    },
    async delete({ messageId }) {
      await refuse('delete');
      all.delete(messageId);
    },
    async send(message) {
      await refuse('send');
      sent.push(message);
    },
  };
}
