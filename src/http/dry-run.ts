import type { AdminDeps } from '../admin/wire.ts';
import type { WriteDeps } from '../admin/write-credential.ts';
import type { Item, RecordChange } from '../credential/credential-table.ts';
import type { Answer } from './route.ts';

/** What a write would have done. */
interface DryWrite {
  readonly write: 'insert' | 'edit' | 'remove';
  readonly set: Item;
  readonly remove: readonly string[];
}

/**
 * Runs a change with a table, an IAM and queues that write nothing, and answers with what would have been done. Every check is the real one.
 *
 * @throws what the change throws
 */
export async function answerDryRun(deps: AdminDeps, change: (deps: AdminDeps) => Promise<object>): Promise<Answer> {
  const writes: DryWrite[] = [];
  const actions: string[] = [];
  const { credentials } = deps;
  const dryTable: WriteDeps['credentials'] = {
    read: credentials.read,
    async insert(username, attributes) {
      const there = await credentials.read(username);
      if (there !== undefined) return { written: false, item: there };
      writes.push({ write: 'insert', set: attributes, remove: [] });
      return { written: true, item: attributes };
    },
    async edit(username, edit: RecordChange) {
      writes.push({ write: 'edit', ...edit });
      return { written: true, item: (await credentials.read(username)) ?? {} };
    },
    async remove(username) {
      writes.push({ write: 'remove', set: {}, remove: [] });
      return { written: true, item: (await credentials.read(username)) ?? {} };
    },
  };
  const note = (action: string): Promise<void> => {
    actions.push(action);
    return Promise.resolve();
  };
  const containment: AdminDeps['containment'] = {
    deny: (iamUserName) => note(`Deny everything to the IAM user ${iamUserName}.`),
    async deactivateKeys(iamUserName) {
      await note(`Make every key of the IAM user ${iamUserName} Inactive.`);
      return [];
    },
    lift: (iamUserName) => note(`Remove what denies everything to the IAM user ${iamUserName}.`),
  };
  const verifications: AdminDeps['targets']['verifications'] = {
    ...deps.targets.verifications,
    send: () => note('Ask the verifier to log in at the SMTP endpoint with the current key.'),
  };
  const changed: { readonly warnings?: readonly unknown[] } = await change({
    ...deps,
    credentials: { ...credentials, ...dryTable },
    containment,
    targets: { ...deps.targets, verifications },
    sweeps: { start: () => note('Start a sweep: compare every record with IAM, and repair what differs.') },
  });
  return { status: 200, body: { dry_run: true, writes, actions, spec_warnings: changed.warnings ?? [] } };
}
