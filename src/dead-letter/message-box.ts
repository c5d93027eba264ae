import type { QueuedMessage } from './queue-message.ts';

/** A message that its reader holds: nobody else gets it until the time is over, or it is released. */
export interface HeldMessage extends QueuedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** The queue that SQS itself moved it from, when it had been received too often there. */
  readonly sourceQueueArn: string | undefined;
}

/** A queue of messages that people look through. */
export interface MessageBox {
  /** Up to ten messages that nobody holds. None: there are none left. */
  take(holdSeconds: number): Promise<readonly HeldMessage[]>;
  /** Shows messages again at once. What can't be released shows itself when the time is over. */
  release(messages: readonly HeldMessage[]): Promise<void>;
  /** Deletes a held message. Throws a conflict when it isn't held any more. */
  delete(message: HeldMessage): Promise<void>;
  /** Sends a message. When this returns, the queue has it. */
  send(message: QueuedMessage): Promise<void>;
}
