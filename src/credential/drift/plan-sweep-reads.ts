import type { SweepReads } from '../iam/iam-inventory.ts';
import { policyFormOfDigest } from '../record/policy-digest.ts';
import type { CredentialRecord } from '../record/record.ts';

/** What a sweep reads: a part that rotates with the number of finished sweeps, or everything. */
export type SweepScope = number | 'all';

/** Keys of at least this age have their last use read, and are counted if they were not used for as long. In days. */
export const UNUSED_DAYS = 90;

/**
 * IAM's read rate is limited, so checks rotate over four sweeps: attached policies (quarantine) every time; keys and
 * policy documents at least every second time; other inline policies, the permissions boundary and the last use of old
 * keys every fourth time. A managed policy costs an extra call, so inline policies and boundary alternate there. `all`
 * reads everything at once.
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
