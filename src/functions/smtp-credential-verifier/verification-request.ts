import * as v from 'valibot';
import { EVENT_SOURCE } from '../../credential/credential-event.ts';

/** An event of ours after which a record has an untested key. */
const VerificationRequestSchema = v.object({
  source: v.literal(EVENT_SOURCE),
  'detail-type': v.picklist(['activated', 'rotated', 'enabled', 'rotation undone']),
  detail: v.object({
    table: v.string(),
    username: v.string(),
    access_key_id: v.string(),
    correlation_id: v.string(),
  }),
});

export interface VerificationRequest {
  readonly table: string;
  readonly username: string;
  readonly accessKeyId: string;
  readonly correlationId: string;
}

/** Parses a message body: an EventBridge event. Undefined for anything else; never throws. */
export function readVerificationRequest(body: string): VerificationRequest | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  const read = v.safeParse(VerificationRequestSchema, event);
  if (!read.success) return undefined;
  const { table, username, access_key_id, correlation_id } = read.output.detail;
  return { table, username, accessKeyId: access_key_id, correlationId: correlation_id };
}
