import type { DriftKind } from './drift-finding.ts';
import type { FindingOutcome } from './kept-finding.ts';

/** What a person should do about a finding. */
export interface FindingRepair {
  /** A sentence or two. */
  readonly remedy: string;
  /** The runbook: a file of docs/runbooks, without its extension. */
  readonly runbook?: string;
}

const orphan: FindingRepair = {
  remedy: 'Find out whether somebody uses it. If not, make its keys Inactive, wait a day, and delete it.',
  runbook: 'orphan',
};
const mended = 'The sweep repairs it; the next one tries again.';

/** For those that the sweep didn't repair. */
const repairs: Readonly<Record<DriftKind, FindingRepair>> = {
  'orphan-user': orphan,
  'orphan-key': { remedy: 'Delete the key: its secret is lost, so no legitimate user can have it.', runbook: 'orphan' },
  'orphan-policy': { remedy: mended, runbook: 'orphan' },
  'half-done': { remedy: mended, runbook: 'stuck-pending' },
  'stuck-pending': { remedy: mended, runbook: 'stuck-pending' },
  'stale-failure': {
    remedy: 'Look at what the record says, mend it, and enable the credential.',
    runbook: 'failed-credential',
  },
  'missing-user': { remedy: mended, runbook: 'failed-credential' },
  'renamed-user': { remedy: mended, runbook: 'renamed-user' },
  'missing-key': { remedy: mended, runbook: 'failed-credential' },
  'inactive-key': { remedy: mended, runbook: 'failed-credential' },
  'active-key': {
    remedy: 'Its record is disabled, and a key still works. Make it Inactive in IAM.',
    runbook: 'not-disabled',
  },
  'not-disabled': { remedy: 'It can still send. Make its keys Inactive in IAM.', runbook: 'not-disabled' },
  'policy-drift': { remedy: mended, runbook: 'failed-credential' },
  'foreign-policy': {
    remedy: 'Somebody attached more to the IAM user than its record asks for. Look who, and detach it.',
    runbook: 'compromised-key',
  },
  'foreign-boundary': { remedy: 'Put its permissions boundary back, with the command in the finding.' },
  'former-path': {
    remedy: 'Wait for the next sweep, or look which deployment owns the IAM user.',
    runbook: 'restore-table',
  },
  quarantined: { remedy: 'AWS found the key in public. Contain the credential.', runbook: 'compromised-key' },
  unverified: { remedy: 'Its password never logged in. Look why.', runbook: 'verification-failed' },
  'identity-configuration-set': {
    remedy: "Give the SES identity this deployment's configuration set, or mails that it sends aren't watched.",
  },
};

/** What to do about a finding, once the sweep has done its part. */
export function repairOfFinding(kind: DriftKind, outcome: FindingOutcome): FindingRepair {
  if (outcome === 'repaired') return { remedy: 'Nothing: the sweep has repaired it.' };
  if (outcome === 'asked') return { remedy: 'Nothing yet: another login is being tried.' };
  return repairs[kind];
}
