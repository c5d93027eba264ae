import { describeError, SesameError, toSesameError } from '../../credential/errors.ts';
import { buildParkedMessage } from '../../dead-letter/parked-message.ts';
import { decideNext, type NextStep, type Try } from '../../dead-letter/redrive.ts';
import { logMessages } from '../../observability/log-catalogue.ts';
import { metrics } from '../../observability/metric-catalogue.ts';
import type { DlqProcessorDeps } from './deps.ts';
import type { ReceivedMessage } from './received-message.ts';

/** Does with a message what its try's result calls for. Returns whether it may be deleted from its queue. */
export async function finishMessage(received: ReceivedMessage, outcome: Try, deps: DlqProcessorDeps): Promise<boolean> {
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

function decide({ letter, tries }: ReceivedMessage, outcome: Try, deps: DlqProcessorDeps): NextStep {
  if (letter.form === 'unknown') {
    return { next: 'park', error: new SesameError(letter.errorType, 'permanent', letter.errorMessage) };
  }
  return decideNext(outcome, tries, deps.redrive, deps.random());
}

/** It may go only when the parking queue has it. */
async function park(received: ReceivedMessage, error: SesameError, deps: DlqProcessorDeps): Promise<boolean> {
  const { observability, parking, redrive } = deps;
  const { message, letter, sentAtMs } = received;
  const retryCount = letter.form === 'unknown' ? 0 : received.tries;
  try {
    await parking.park(buildParkedMessage({ message, letter, error, retryCount, sentAtMs, nowMs: deps.now() }));
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

/** Without it the queue's own visibility time-out says when the message comes again. */
async function wait(received: ReceivedMessage, seconds: number, deps: DlqProcessorDeps): Promise<void> {
  await deps.delay.delay(received.receiptHandle, seconds).catch((error: unknown) => {
    deps.observability.log('warn', logMessages.messageNotDelayed, {
      ...describe(received),
      ...describeError(toSesameError(error)),
    });
  });
}

/** Never the body: it is somebody else's, and may hold anything. */
function describe({ messageId, correlationId, letter, tries }: ReceivedMessage): Record<string, unknown> {
  return {
    correlation_id: correlationId,
    message_id: messageId,
    source_form: letter.form,
    tries,
    ...(letter.form === 'dead-letter' ? { username: letter.username } : {}),
  };
}
