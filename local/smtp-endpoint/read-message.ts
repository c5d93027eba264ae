import type { SMTPServerDataStream } from 'smtp-server';
import { sesReplies } from './ses-replies.ts';

/** Limits the memory of all incoming messages together. */
export interface MessageBudget {
  bytes: number;
  readonly maxBytes: number;
}

/**
 * Collects a message. One that is too long is read to its end and discarded, because the client expects the reply only then.
 *
 * @throws SmtpReply 552 when the message is longer than `maxBytes`, 451 when all messages together take too much memory
 */
export async function readMessage(
  stream: SMTPServerDataStream,
  maxBytes: number,
  budget: MessageBudget,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let taken = 0;
  let overBudget = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      overBudget ||= budget.bytes + chunk.length > budget.maxBytes;
      if (size > maxBytes || overBudget) {
        chunks.length = 0;
        continue;
      }
      chunks.push(chunk);
      taken += chunk.length;
      budget.bytes += chunk.length;
    }
  } finally {
    budget.bytes -= taken;
  }
  if (size > maxBytes) {
    throw sesReplies.messageTooLong();
  }
  if (overBudget) {
    throw sesReplies.serviceFailure();
  }
  return Buffer.concat(chunks, size);
}
