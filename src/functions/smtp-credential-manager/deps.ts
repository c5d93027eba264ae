import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import type { ReconcilingDeps } from '../reconcile-dependencies.ts';

/** What the manager works with. */
export interface ManagerDeps extends ReconcilingDeps {
  readonly deadLetters: DeadLetterQueue;
}
