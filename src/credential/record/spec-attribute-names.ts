/**
 * The names of the attributes that administrators write, in the order in which faults are listed. `spec.ts` defines the
 * attributes, and doesn't compile if the two differ. The names are separate so that they can be used without loading
 * the list of public suffixes.
 */
export const specAttributeNames = [
  'status',
  'entity_type',
  'rotate_after_days',
  'rotate_requested',
  'retire_by',
  'quota_per_hour',
  'quota_per_day',
  'allowed_from_addresses',
  'allowed_envelope_senders',
  'allowed_source_ips',
  'allowed_recipients',
  'sandbox',
  'reveal_limit',
  'valid_until',
  'owner',
  'labels',
  'description',
  'requested_by',
  'requested_from',
  'requested_at',
] as const;

export type SpecAttributeName = (typeof specAttributeNames)[number];
