import type { SweepReads } from '../iam/iam-inventory.ts';
import { policyFormOfDigest } from '../record/policy-digest.ts';
import type { CredentialRecord } from '../record/record.ts';

/** What a sweep reads: a part that changes with the number of whole sweeps, or everything. */
export type SweepScope = number | 'all';

/** Above this age a key's last use is looked at, and a key that nobody used for so long is counted. */
export const UNUSED_DAYS = 90;

/**
 * What to read of a record's user in the sweep of that number. IAM lets nobody read much at once, so all that can be known takes
 * turns: the attached policies (quarantine) every time, keys and policy documents at least every second time, other
 * inline policies, the permissions boundary and the last use of old keys every fourth time. A managed policy takes a call more, so
 * there inline policies and boundary take turns as well. Only `all` reads everything at once.
 */
export function planSweepReads(record: CredentialRecord, scope: SweepScope, ageDays: number): SweepReads {
  const form = policyFormOfDigest(record.policyDigest) ?? 'inline';
  const nothing: SweepReads = {
    keys: true,
    document: undefined,
    inlineNames: false,
    boundary: false,
    lastUseOf: undefined,
  };
  if (scope === 'all') {
    const lastUseOf = ageDays >= UNUSED_DAYS ? record.accessKeyId : undefined;
    return { keys: true, document: form, inlineNames: true, boundary: true, lastUseOf };
  }
  switch (scope % 4) {
    case 1:
      if (form === 'inline') return { ...nothing, keys: false, inlineNames: true, boundary: true };
      return scope % 8 === 1 ? { ...nothing, inlineNames: true } : { ...nothing, boundary: true };
    case 3:
      if (ageDays >= UNUSED_DAYS) return { ...nothing, lastUseOf: record.accessKeyId };
      return form === 'managed' ? nothing : { ...nothing, document: form };
    default:
      return { ...nothing, keys: form !== 'managed', document: form };
  }
}
