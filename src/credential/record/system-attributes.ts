/** An attribute that Sesame writes and administrators can read. */
export interface SystemAttribute {
  readonly description: string;
  /** It contains the ciphertext of a password. */
  readonly isSecret?: true;
  /** Administrators may remove it, but never write it. */
  readonly mayBeRemoved?: true;
}

/**
 * All attributes that Sesame writes, except `status`. The table of docs/record.md and the read permissions of the
 * administrators' roles are derived from it.
 */
export const systemAttributes: Readonly<Record<string, SystemAttribute>> = {
  access_key_id: { description: 'the SMTP username' },
  encrypted_password: {
    description: 'the SMTP password, encrypted by KMS; encryption context `table`, `username`, `access_key_id`',
    isSecret: true,
  },
  failure: { description: "why the record is `failed`, or couldn't be switched off, and what to do about it" },
  suspension: { description: 'why the system disabled the credential, and what to do about it', mayBeRemoved: true },
  warning: {
    description:
      "problems that don't stop the credential from working, such as a pattern that no receiving rule matches: a list of maps with `code` and `text`",
  },
  disabled_at: { description: "when it was switched off; missing while it isn't off" },
  verified_at: { description: 'when a login with the current password succeeded' },
  verification_failure: { description: "what SES replied when it didn't" },
  key_created_at: { description: 'when the current key was made' },
  previous_key: { description: 'the previous key and password, while they still work', isSecret: true },
  rotation_announced_at: { description: 'when a rotation was announced' },
  rotation_undone_at: { description: 'when a rotation was undone because its key never worked' },
  expiry_announced: { description: 'which `valid_until` was announced, and how many days before it' },
  iam_user_arn: { description: 'the IAM user of the credential' },
  policy_digest: { description: 'which policy its IAM user has' },
  narrowed_from: {
    description: 'the complete list of patterns, if the policy holds only those that have a receiving rule',
  },
  counted_from: {
    description: 'since when bounces, complaints and violations count: since the last suspension',
  },
  repaired: { description: 'when the sweep repaired the credential, and why' },
  last_transition: { description: 'what Sesame did last, and for which change of yours' },
  contained: {
    description:
      'when the credential was contained after a theft, and why: its IAM user has an explicit deny until somebody lifts it',
    mayBeRemoved: true,
  },
  reveals: { description: 'how often the password of the current key was read through the API' },
  created_at: { description: 'when the credential was made' },
  updated_at: { description: 'when Sesame last wrote to the record' },
  updated_by: { description: 'which attempt did' },
  claim: { description: 'which attempt is working on the record, and since when' },
};
