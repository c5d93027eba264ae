/**
 * The names of what administrators write, in the order in which faults are told. `spec.ts` says what each is, and doesn't compile with one
 * more or less. They stand apart so that whoever needs the names alone doesn't load the list of public suffixes.
 */
export const specAttributeNames = [
  'status',
  'entity_type',
  'rotate_after_days',
  'rotate_requested',
  'quota_per_hour',
  'quota_per_day',
  'allowed_from_addresses',
  'allowed_source_ips',
  'allowed_recipients',
  'sandbox',
  'valid_until',
  'owner',
  'labels',
  'description',
  'requested_by',
  'requested_at',
] as const;

export type SpecAttributeName = (typeof specAttributeNames)[number];
