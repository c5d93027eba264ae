import type { ParkingQueue } from '../../dead-letter/parked-message.ts';
import type { OwnWork } from '../../dead-letter/queue-message.ts';
import type { MessageDelay, RedriveSettings } from '../../dead-letter/redrive.ts';
import type { ReconcilingDeps } from '../runtime/wire-reconciling.ts';

export interface DlqProcessorDeps extends ReconcilingDeps {
  readonly parking: ParkingQueue;
  readonly delay: MessageDelay;
  readonly own: OwnWork;
  readonly redrive: RedriveSettings;
  /** Between 0 and 1. */
  readonly random: () => number;
}
