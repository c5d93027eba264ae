import type { EventPublisher } from '../../credential/credential-event.ts';
import type { VerifyDeps } from '../../credential/verify/verify.ts';
import type { MessageDelay } from '../../dead-letter/redrive.ts';
import type { Observability } from '../../observability/observability.ts';
import type { Tracing } from '../../observability/tracing.ts';

export interface VerifierDeps {
  readonly verifyDeps: VerifyDeps;
  /** Lets a message wait for its second try. */
  readonly delay: MessageDelay;
  /**
   * How long it waits. IAM doesn't say how long a new key takes to be known everywhere; usually it is less than this, and the queue's own
   * visibility time-out would let it wait for twelve minutes.
   */
  readonly secondAttemptSeconds: number;
  readonly events: EventPublisher;
  readonly observability: Observability;
  readonly tracing: Tracing;
}
