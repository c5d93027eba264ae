import type { AlertNotifier } from '../../admin/alert-notifier.ts';
import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import type { ReconcilingDeps } from '../runtime/wire-reconciling.ts';

export interface RotatorDeps extends ReconcilingDeps {
  readonly deadLetters: DeadLetterQueue;
  readonly alerts: AlertNotifier;
}
