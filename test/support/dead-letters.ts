import type { RecordedCall } from './recorded-calls.ts';

/** A message for the dead-letter queue, as the design document has it. */
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

/** Whose record a dead letter is about. */
export function usernameOf(letter: SentDeadLetter): string | undefined {
  return letter.originalEvent.dynamodb?.Keys?.SK?.S?.replace(/^USER#/, '');
}
