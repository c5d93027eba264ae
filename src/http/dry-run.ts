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
 * Runs a change with a table that writes nothing, and answers with what would have been written. Every check is the real one.
 *
 * @throws what the change throws
 */
export async function answerDryRun<Deps extends WriteDeps>(
  deps: Deps,
  change: (deps: Deps) => Promise<{ readonly warnings?: readonly unknown[] }>,
): Promise<Answer> {
  const writes: DryWrite[] = [];
  const { credentials } = deps;
  const dry: WriteDeps['credentials'] = {
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
  const { warnings = [] } = await change({ ...deps, credentials: { ...credentials, ...dry } });
  return { status: 200, body: { dry_run: true, writes, spec_warnings: warnings } };
}
