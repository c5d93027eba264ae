/** Kinds of differences between the table and IAM, or a setup of SES that does not fit what the table allows. */
export const driftKinds = [
  'orphan-user',
  'orphan-key',
  'half-done',
  'stuck-pending',
  'stale-failure',
  'missing-user',
  'renamed-user',
  'orphan-policy',
  'missing-key',
  'inactive-key',
  'active-key',
  'not-disabled',
  'policy-drift',
  'foreign-policy',
  'foreign-boundary',
  'former-path',
  'quarantined',
  'unverified',
  'identity-configuration-set',
] as const;

export type DriftKind = (typeof driftKinds)[number];

/** One difference. */
export interface DriftFinding {
  readonly kind: DriftKind;
  /** For an administrator: the actual state and the desired state. */
  readonly message: string;
  /** `repair`: reconcile fixes it. `verify`: the key must log in again. `report`: a person must decide. */
  readonly remedy: 'repair' | 'verify' | 'report';
}
