/** Ways in which the table and IAM differ, or SES isn't set up for what the table allows. */
export const driftKinds = [
  'orphan-user',
  'orphan-key',
  'half-done',
  'stuck-pending',
  'stale-failure',
  'missing-user',
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
  /** In words for an administrator: what is there, what should be. */
  readonly message: string;
  /** `repair`: reconcile mends it. `verify`: the key is to log in once more. `report`: a person has to decide. */
  readonly remedy: 'repair' | 'verify' | 'report';
}
