import type { FindingStore, KeptFinding } from '../../src/credential/drift/kept-finding.ts';
import type { SweepPosition, SweepPositions } from '../../src/credential/drift/sweep-position.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { IamInventory } from '../../src/credential/iam/iam-inventory.ts';
import { buildPolicyName } from '../../src/credential/iam/iam-user-name.ts';
import { pathOfArn } from '../../src/credential/iam/ownership.ts';
import type { FakeCloud } from './fake-cloud.ts';

/** The boundary of every user, unless a test gives it another one. */
export const FAKE_BOUNDARY_ARN = 'arn:aws:iam::123456789012:policy/boundary';

/** A user's managed policy, by the deployment that its path names. Version 0.1 had one path for all. */
function policyNameOf(iamUserName: string, arn: string): string {
  const [, region, table] = pathOfArn(arn).split('/').filter(Boolean);
  return region === undefined || table === undefined ? iamUserName : buildPolicyName(iamUserName, { region, table });
}

/** The sweep's reads of an in-memory cloud, counted by user. */
export function createFakeInventory(cloud: FakeCloud): IamInventory & { readonly reads: Map<string, number> } {
  const reads = new Map<string, number>();
  const count = (name: string, calls: number) => reads.set(name, (reads.get(name) ?? 0) + calls);
  return {
    reads,
    async *listUsers() {
      yield await Promise.resolve([...cloud.users.keys()]);
    },
    readHoldings: (name, wanted) => {
      const { keys, document: form, inlineNames, boundary } = wanted;
      count(name, 1 + [keys, form !== undefined, inlineNames, boundary].filter(Boolean).length);
      const user = cloud.users.get(name);
      if (user === undefined) return Promise.resolve(undefined);
      const document = user.policy === undefined ? 'none' : { text: user.policy.document };
      return Promise.resolve({
        attachedPolicies: [
          ...(user.quarantined === true ? ['AWSCompromisedKeyQuarantineV3'] : []),
          ...(user.policy?.form === 'managed' && user.isDetached !== true ? [policyNameOf(name, user.arn)] : []),
        ],
        ...(wanted.keys
          ? { keys: [...user.keys].map(([accessKeyId, { status }]) => ({ accessKeyId, status, createdAtMs: 0 })) }
          : {}),
        ...(wanted.document === undefined ? {} : { document }),
        ...(boundary ? { boundary: user.boundary ?? FAKE_BOUNDARY_ARN } : {}),
        ...(wanted.lastUseOf === undefined ? {} : { lastUsedMs: 'never' as const }),
      });
    },
    readTags: (name) => {
      count(name, 1);
      // The sweeper's role may read any name below the path, of users with a tag of the deployment.
      const isTagged = cloud.users.get(name)?.tags.some(({ Key }) => Key === 'sesame:table') === true;
      if (!name.startsWith('ses-smtp-user-') && !isTagged) {
        return Promise.reject(new SesameError('AccessDenied', 'retryable', `Not allowed to read the tags of ${name}.`));
      }
      return Promise.resolve(cloud.users.get(name)?.tags);
    },
    findUserOfKey: (accessKeyId) =>
      Promise.resolve([...cloud.users].find(([, { keys }]) => keys.has(accessKeyId))?.[0]),
    async *listUnattachedPolicies() {
      yield await Promise.resolve(
        [...cloud.unattachedPolicies].map(([arn, changedAtMs]) => ({
          arn,
          name: arn.slice(arn.lastIndexOf('/') + 1),
          changedAtMs,
        })),
      );
    },
    countUsers: () => Promise.resolve({ used: cloud.users.size, quota: 5_000 }),
  };
}

/** Keeps the position in memory. */
/** Keeps findings in memory. */
export function createFakeFindings(): FindingStore & { kept: (KeptFinding & { sweepNumber: number })[] } {
  return {
    kept: [],
    keep(sweepNumber, finding) {
      this.kept.push({ sweepNumber, ...finding });
      return Promise.resolve();
    },
  };
}

export function createFakePositions(): SweepPositions & { stored: SweepPosition } {
  return {
    stored: { sweepNumber: 0 },
    read() {
      return Promise.resolve(this.stored);
    },
    write(position) {
      this.stored = position;
      return Promise.resolve();
    },
  };
}
