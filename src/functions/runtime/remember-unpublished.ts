import { type UnpublishedEvents, unpublishedError } from '../../admin/outcome-report.ts';
import { keyOfUsername } from '../../credential/credential-key.ts';
import { describeError, toSesameError } from '../../credential/errors.ts';
import { buildDeadLetter, type DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import * as logMessages from '../../observability/log-messages.ts';
import * as metrics from '../../observability/metrics.ts';
import type { Observability } from '../../observability/observability.ts';

export interface RememberUnpublishedDeps {
  readonly deadLetters: DeadLetterQueue;
  readonly observability: Observability;
  readonly now: () => number;
}

/**
 * Sends a dead letter for each credential whose scheduled transition could not be published. The processor reconciles
 * it with the same correlation id, finds nothing left to do, and publishes the event of the last transition again.
 * Findings of the sweep need no dead letter: the next sweep reports them again.
 */
export async function rememberUnpublished({ events }: UnpublishedEvents, deps: RememberUnpublishedDeps): Promise<void> {
  const transitions = events.filter(({ type }) => type !== 'drift found');
  const about = new Map(transitions.map(({ detail }) => [detail.username, detail.correlation_id]));
  for (const [username, correlationId] of about) await send(username, correlationId, deps);
}

async function send(username: string, correlationId: string, deps: RememberUnpublishedDeps): Promise<void> {
  const { PK, SK } = keyOfUsername(username);
  const Keys = { PK: { S: PK }, SK: { S: SK } };
  const deadLetter = buildDeadLetter({
    // An image with only the keys: nobody else changed the record.
    streamRecord: { dynamodb: { Keys, NewImage: Keys } },
    error: unpublishedError,
    retryCount: 0,
    forceResync: false,
    nowMs: deps.now(),
    correlationId,
  });
  try {
    await deps.deadLetters.send(deadLetter);
    deps.observability.count(metrics.deadLetters);
  } catch (error) {
    deps.observability.log('error', logMessages.deadLetterFailed, {
      correlation_id: correlationId,
      username,
      ...describeError(toSesameError(error)),
    });
  }
}
