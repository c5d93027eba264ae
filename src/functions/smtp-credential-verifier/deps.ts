import type { EventPublisher } from '../../credential/credential-event.ts';
import type { VerifyDeps } from '../../credential/verify/verify.ts';
import type { MessageDelay } from '../../dead-letter/redrive.ts';
import type { Observability } from '../../observability/observability.ts';
import type { Tracing } from '../../observability/tracing.ts';

export interface VerifierDeps {
  readonly verifyDeps: VerifyDeps;
  /** Delays a message until its second attempt. */
  readonly delay: MessageDelay;
  /**
   * How long it waits. IAM does not document how long a new key takes to propagate. It usually takes less than this,
   * and the queue's own visibility time-out would be twelve minutes.
   */
  readonly secondAttemptSeconds: number;
  readonly events: EventPublisher;
  readonly observability: Observability;
  readonly tracing: Tracing;
}
