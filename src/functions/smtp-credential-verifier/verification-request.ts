import * as z from 'zod/mini';
import { EVENT_SOURCE } from '../../credential/credential-event.ts';

/** What the queue brings: an event of ours after which a record has a key that nobody has tried yet. */
const VerificationRequestSchema = z.object({
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.enum(['activated', 'rotated', 'enabled', 'rotation undone']),
  detail: z.object({
    table: z.string(),
    username: z.string(),
    access_key_id: z.string(),
    correlation_id: z.string(),
  }),
});

export interface VerificationRequest {
  readonly table: string;
  readonly username: string;
  readonly accessKeyId: string;
  readonly correlationId: string;
}

/** Reads a message's body: an EventBridge event. Undefined when it is anything else; never throws. */
export function readVerificationRequest(body: string): VerificationRequest | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = VerificationRequestSchema.safeParse(event);
  if (!read.success) return undefined;
  const { table, username, access_key_id, correlation_id } = read.data.detail;
  return { table, username, accessKeyId: access_key_id, correlationId: correlation_id };
}
