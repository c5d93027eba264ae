import type { QueuedMessage } from './queue-message.ts';

/** A received message. It is hidden from others until its time is over or it is released. */
export interface HeldMessage extends QueuedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** How often it was received, including this time. */
  readonly receiveCount: number;
  /** The queue that SQS moved it from after too many receives. */
  readonly sourceQueueArn: string | undefined;
}

/** A queue of messages that people browse. */
export interface MessageBox {
  /** Receives up to ten visible messages. An empty list means that there are none left. */
  take(holdSeconds: number): Promise<readonly HeldMessage[]>;
  /** Makes messages visible immediately. A message that cannot be released becomes visible when its time is over. */
  release(messages: readonly HeldMessage[]): Promise<void>;
  /** Deletes a received message. Throws a conflict if it is no longer held. */
  delete(message: HeldMessage): Promise<void>;
  /** Sends a message, and returns when the queue has it. */
  send(message: QueuedMessage): Promise<void>;
}
