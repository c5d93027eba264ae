import { type WaitDeps, waitForOutcome } from '../admin/wait-for-outcome.ts';
import type { WrittenCredential } from '../admin/write-credential.ts';
import { etagOf, presentCredential, presentWritten } from './present-credential.ts';
import type { Answer } from './route.ts';

/** The answer to a change: 202 with the record as it was written, or 200 with the outcome if it came in time. */
export async function answerChange(
  written: WrittenCredential,
  { wait = 0 }: { readonly wait?: number | undefined },
  deps: WaitDeps,
): Promise<Answer> {
  const body = presentWritten(written);
  const headers = { Location: pathOf(written.username), ETag: etagOf(written.revision) };
  if (wait === 0) return { status: 202, body, headers };
  const { view, isDone } = await waitForOutcome({ username: written.username, seconds: wait }, deps);
  if (view === undefined) return { status: 202, body, headers };
  return {
    status: isDone ? 200 : 202,
    body: { ...presentCredential(view), is_unchanged: written.isUnchanged, spec_warnings: written.warnings },
    headers: { ...headers, ETag: etagOf(view.revision) },
  };
}

/** The path of a credential. */
export function pathOf(username: string): string {
  return `/v1/credentials/${encodeURIComponent(username)}`;
}
