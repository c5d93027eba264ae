import type { RecordedCall } from './recorded-calls.ts';

/** A message for the dead-letter queue, as in the design document. */
export interface SentDeadLetter {
  originalEvent: { dynamodb?: { Keys?: { SK?: { S?: string } } } & Record<string, unknown> } & Record<string, unknown>;
  errorType: string;
  errorMessage: string;
  retryCount: number;
  timestamp: string;
  correlationId: string;
}

/** The dead letters that a function sent. */
export function deadLettersIn(calls: readonly RecordedCall[]): SentDeadLetter[] {
  return calls
    .filter(({ action }) => action === 'sqs:SendMessage')
    .map(({ parameters }) => JSON.parse(String(parameters['MessageBody'])) as SentDeadLetter);
}

/** The username of a dead letter's record. */
export function usernameOf(deadLetter: SentDeadLetter): string | undefined {
  return deadLetter.originalEvent.dynamodb?.Keys?.SK?.S?.replace(/^USER#/, '');
}
