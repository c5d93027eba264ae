import type { IamInventory } from '../../src/credential/iam-inventory.ts';
import type { SweepPosition, SweepPositions } from '../../src/credential/sweep-position.ts';
import type { FakeCloud } from './fake-cloud.ts';

/** The sweep's reads of a cloud in memory. Counts them per user. */
export function createFakeInventory(cloud: FakeCloud): IamInventory & { readonly reads: Map<string, number> } {
  const reads = new Map<string, number>();
  const count = (name: string, calls: number) => reads.set(name, (reads.get(name) ?? 0) + calls);
  return {
    reads,
    async *listUsers() {
      yield await Promise.resolve([...cloud.users.keys()]);
    },
    readHoldings: (name, wanted) => {
      count(name, 1 + Number(wanted.keys) + Number(wanted.document !== undefined) + Number(wanted.inlineNames));
      const user = cloud.users.get(name);
      if (user === undefined) return Promise.resolve(undefined);
      const document = user.policy === undefined ? 'none' : { text: user.policy.document };
      return Promise.resolve({
        attachedPolicies: user.quarantined === true ? ['AWSCompromisedKeyQuarantineV3'] : [],
        ...(wanted.keys
          ? { keys: [...user.keys].map(([accessKeyId, { status }]) => ({ accessKeyId, status, createdAtMs: 0 })) }
          : {}),
        ...(wanted.document === undefined ? {} : { document }),
        ...(wanted.lastUseOf === undefined ? {} : { lastUsedMs: 'never' as const }),
      });
    },
    readTags: (name) => {
      count(name, 1);
      return Promise.resolve(cloud.users.get(name)?.tags);
    },
    countUsers: () => Promise.resolve({ used: cloud.users.size, quota: 5_000 }),
  };
}

/** A position in memory. */
export function createFakePositions(): SweepPositions & { stored: SweepPosition } {
  return {
    stored: { turn: 0 },
    read() {
      return Promise.resolve(this.stored);
    },
    write(position) {
      this.stored = position;
      return Promise.resolve();
    },
  };
}
