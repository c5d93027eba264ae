import type { DriftKind } from '../credential/drift/drift-finding.ts';
import type { Transition } from '../credential/transition.ts';
import type { CounterName } from '../mail-events/feedback.ts';
import * as metrics from './metrics.ts';

/** The namespace of all our metrics. */
export const METRIC_NAMESPACE = 'Sesame';

/** The metric of each transition. */
export const transitionMetrics = {
  activated: metrics.credentialsActivated,
  enabled: metrics.credentialsEnabled,
  disabled: metrics.credentialsDisabled,
  changed: metrics.credentialsChanged,
  recreated: metrics.credentialsRecreated,
  suspended: metrics.credentialsSuspended,
  'rotation-due': metrics.rotationsAnnounced,
  'expiry-due': metrics.expiriesAnnounced,
  rotated: metrics.credentialsRotated,
  'key-retired': metrics.keysRetired,
  'key-deleted': metrics.keysDeleted,
  'rotation-undone': metrics.rotationsUndone,
  'still-in-use': metrics.keysStillInUse,
} as const satisfies Record<Transition, Metric>;

/** The metric of each mail counter. */
export const counterMetrics = {
  sends: metrics.mailSends,
  deliveries: metrics.mailDeliveries,
  hard_bounces: metrics.mailHardBounces,
  soft_bounces: metrics.mailSoftBounces,
  complaints: metrics.mailComplaints,
  rejects: metrics.mailRejects,
  violations: metrics.senderViolations,
} as const satisfies Record<CounterName, Metric>;

/** The metric of each kind of drift. */
export const findingMetrics = {
  'orphan-user': metrics.driftOrphanUser,
  'orphan-key': metrics.driftOrphanKey,
  'half-done': metrics.driftHalfDone,
  'stuck-pending': metrics.driftStuckPending,
  'stale-failure': metrics.driftStaleFailure,
  'missing-user': metrics.driftMissingUser,
  'renamed-user': metrics.driftRenamedUser,
  'orphan-policy': metrics.driftOrphanPolicy,
  'missing-key': metrics.driftMissingKey,
  'inactive-key': metrics.driftInactiveKey,
  'active-key': metrics.driftActiveKey,
  'not-disabled': metrics.driftNotDisabled,
  'policy-drift': metrics.driftPolicy,
  'foreign-policy': metrics.driftForeignPolicy,
  'foreign-boundary': metrics.driftForeignBoundary,
  'former-path': metrics.driftFormerPath,
  quarantined: metrics.driftQuarantined,
  unverified: metrics.driftUnverified,
  'identity-configuration-set': metrics.driftIdentityConfigurationSet,
} as const satisfies Record<DriftKind, Metric>;

export type Metric = (typeof metrics)[keyof typeof metrics];
