import type { FindingStore } from '../../credential/drift/kept-finding.ts';
import type { SweepPositions } from '../../credential/drift/sweep-position.ts';
import type { IamInventory } from '../../credential/iam/iam-inventory.ts';
import type { SendingIdentities } from '../../credential/patterns/sending-identities.ts';
import type { DeadLetterQueue } from '../../dead-letter/dead-letter.ts';
import type { ReconcilingDeps } from '../runtime/wire-reconciling.ts';

export interface SweeperDeps extends ReconcilingDeps {
  readonly inventory: IamInventory;
  readonly positions: SweepPositions;
  readonly findings: FindingStore;
  readonly deadLetters: DeadLetterQueue;
  readonly identities: SendingIdentities;
  /** The permissions boundary that every user of ours must have. */
  readonly permissionsBoundaryArn: string;
  readonly confirmAfterSeconds: number;
}
