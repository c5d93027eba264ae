import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import type { ReconcilingDeps } from '../runtime/wire-reconciling.ts';

export interface ManagerDeps extends ReconcilingDeps {
  readonly deadLetters: DeadLetterQueue;
}
