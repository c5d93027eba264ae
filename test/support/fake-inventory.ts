import type { SweepPosition, SweepPositions } from '../../src/credential/drift/sweep-position.ts';
import { SesameError } from '../../src/credential/errors.ts';
import type { IamInventory } from '../../src/credential/iam/iam-inventory.ts';
import type { FakeCloud } from './fake-cloud.ts';

/** The boundary of every user, unless a test gives it another one. */
export const FAKE_BOUNDARY_ARN = 'arn:aws:iam::123456789012:policy/boundary';

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
        attachedPolicies: user.quarantined === true ? ['AWSCompromisedKeyQuarantineV3'] : [],
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
      // The sweeper's role may not read other names below the path.
      if (!name.startsWith('ses-smtp-user-')) {
        return Promise.reject(new SesameError('AccessDenied', 'retryable', `Not allowed to read the tags of ${name}.`));
      }
      return Promise.resolve(cloud.users.get(name)?.tags);
    },
    countUsers: () => Promise.resolve({ used: cloud.users.size, quota: 5_000 }),
  };
}

/** Keeps the position in memory. */
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
