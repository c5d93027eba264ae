import { apiPath } from '../command/api-client.ts';
import type { Cell } from '../command/result.ts';

/** A message that waits for a person or a retry. */
export interface HeldMessage {
  readonly message_id: string;
  readonly form: string;
  readonly username?: string;
  readonly tries?: number;
  readonly sent_at: string;
  readonly last_tried_at?: string;
  readonly redrive_target?: string;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly [attribute: string]: unknown;
}

export const parkedFlag = {
  parked: { summary: 'Parked messages, which nothing automatic tries again, instead of dead letters' },
} as const;

/** The path of a queue, or of what is in it. */
export function boxPath(isParked: boolean, ...parts: readonly string[]): string {
  return apiPath(isParked ? 'parked-messages' : 'dead-letters', ...parts);
}

export function messageFields(message: HeldMessage): (readonly [string, Cell])[] {
  return Object.entries(message).map(([name, value]) => [
    name.replaceAll('_', ' '),
    value === null || typeof value === 'object' ? JSON.stringify(value) : (value as Cell),
  ]);
}
