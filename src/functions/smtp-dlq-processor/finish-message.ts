import { describeError, SesameError, toSesameError } from '../../credential/errors.ts';
import { buildParkedMessage } from '../../dead-letter/parked-message.ts';
import { type AttemptResult, busyDelaySeconds, decideNext, type NextStep } from '../../dead-letter/redrive.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { DlqProcessorDeps } from './deps.ts';
import type { ReceivedMessage } from './received-message.ts';

/**
 * Deletes, delays or parks a message, depending on the result of its attempt. Returns whether it may be deleted from
 * its queue.
 */
export async function finishMessage(
  received: ReceivedMessage,
  outcome: AttemptResult,
  deps: DlqProcessorDeps,
): Promise<boolean> {
  const { observability } = deps;
  const step = decide(received, outcome, deps);
  switch (step.next) {
    case 'delete':
      observability.count(metrics.deadLettersSettled);
      observability.log('info', logMessages.deadLetterSettled, describe(received));
      return true;
    case 'wait':
      observability.count(metrics.deadLettersRetried);
      observability.log('warn', logMessages.deadLetterRetried, {
        ...describe(received),
        ...describeError(step.error),
        wait_seconds: step.seconds,
      });
      await wait(received, step.seconds, deps);
      return false;
    case 'park':
      return park(received, step.error, deps);
  }
}

function decide(
  { queueMessage, attempts, busyAttempts }: ReceivedMessage,
  outcome: AttemptResult,
  deps: DlqProcessorDeps,
): NextStep {
  if (queueMessage.form === 'unknown') {
    return { next: 'park', error: new SesameError(queueMessage.errorType, 'permanent', queueMessage.errorMessage) };
  }
  if (outcome.result === 'busy' && busyAttempts !== undefined) {
    const retryAfterSeconds = busyDelaySeconds(busyAttempts, outcome.retryAfterSeconds);
    return decideNext({ ...outcome, retryAfterSeconds }, attempts, deps.redrive, deps.random());
  }
  return decideNext(outcome, attempts, deps.redrive, deps.random());
}

/** The message may be deleted only if it is in the parking queue. */
async function park(received: ReceivedMessage, error: SesameError, deps: DlqProcessorDeps): Promise<boolean> {
  const { observability, parking, redrive } = deps;
  const { message, queueMessage, sentAtMs } = received;
  const retryCount = queueMessage.form === 'unknown' ? 0 : received.attempts;
  try {
    await parking.park(buildParkedMessage({ message, queueMessage, error, retryCount, sentAtMs, nowMs: deps.now() }));
  } catch (problem) {
    observability.log('error', logMessages.parkingFailed, {
      ...describe(received),
      ...describeError(toSesameError(problem)),
    });
    await wait(received, redrive.backoffLimitSeconds, deps);
    return false;
  }
  observability.count(metrics.messagesParked);
  observability.log('error', logMessages.messageParked, { ...describe(received), ...describeError(error) });
  return true;
}

/** If the delay cannot be set, the queue's own visibility time-out applies. */
async function wait(received: ReceivedMessage, seconds: number, deps: DlqProcessorDeps): Promise<void> {
  await deps.delay.delay(received.receiptHandle, seconds).catch((error: unknown) => {
    deps.observability.log('warn', logMessages.messageNotDelayed, {
      ...describe(received),
      ...describeError(toSesameError(error)),
    });
  });
}

/** Never includes the body, which may be foreign and may hold anything. */
function describe({ messageId, correlationId, queueMessage, attempts }: ReceivedMessage): Record<string, unknown> {
  return {
    correlation_id: correlationId,
    message_id: messageId,
    source_form: queueMessage.form,
    tries: attempts,
    ...(queueMessage.form === 'dead-letter' ? { username: queueMessage.username } : {}),
  };
}
