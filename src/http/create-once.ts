import { createHash } from 'node:crypto';
import { createCredential } from '../admin/create-credential.ts';
import { type CredentialView, viewCredential } from '../admin/credential-view.ts';
import { RecordChangedError } from '../admin/record-changed-error.ts';
import type { AdminDeps } from '../admin/wire.ts';
import type { Requester, WrittenCredential } from '../admin/write-credential.ts';
import type { Item } from '../credential/credential-table.ts';
import type { IdempotencyKeys, StoredAnswer } from '../credential/idempotency-keys.ts';
import { canonicalText } from '../values/canonical-text.ts';
import { answerChange, pathOf } from './answer-change.ts';
import { presentWritten } from './present-credential.ts';
import { RequestError, toProblem } from './problem.ts';
import type { Answer } from './route.ts';

export interface CreateOnceRequest extends Requester {
  readonly username: string;
  readonly attributes: Item;
  readonly idempotencyKey: string;
  readonly wait: number | undefined;
}

/**
 * Creates a credential once, however often the request is repeated with the same key: after a lost answer, a time-out, or a function that
 * died in the middle.
 *
 * @throws RequestError 409 while another request with the key is running; 422 if the key belongs to another body; or what the creation
 *   throws
 */
export async function createOnce(
  { idempotencyKey, wait, ...request }: CreateOnceRequest,
  { admin, keys }: { readonly admin: AdminDeps; readonly keys: IdempotencyKeys },
): Promise<Answer> {
  const content = canonicalText({ username: request.username, ...request.attributes });
  const begun = await keys.begin(idempotencyKey, createHash('sha256').update(content).digest('base64url'));
  switch (begun.state) {
    case 'running':
      throw new RequestError(409, 'RequestRunning', 'A request with this Idempotency-Key is running. Ask again soon.');
    case 'other-request':
      throw new RequestError(
        422,
        'IdempotencyKeyReused',
        'This Idempotency-Key belongs to a request with another body. Use a new key for each request.',
      );
    case 'done':
      return await replay(begun.answer, request.username, wait, admin);
    case 'mine':
  }
  const { startedAtMs, isRepeat } = begun;
  const written = await create(request, startedAtMs, isRepeat, admin).catch(async (error: unknown) => {
    const { status, ...problem } = toProblem(error, '');
    // A right that is missing now may be there for the next try.
    if (status >= 500 || status === 429 || status === 403) await keys.release(idempotencyKey, startedAtMs);
    else await keys.finish(idempotencyKey, startedAtMs, { status, body: JSON.stringify(problem) });
    throw error;
  });
  // Before any waiting, so that a repeated request finds the answer.
  await keys.finish(idempotencyKey, startedAtMs, { status: 202, body: JSON.stringify(presentWritten(written)) });
  return await answerChange(written, { wait }, admin);
}

/** The record of an earlier attempt with the same key is this request's own. */
async function create(
  request: Omit<CreateOnceRequest, 'idempotencyKey' | 'wait'>,
  startedAtMs: number,
  isRepeat: boolean,
  admin: AdminDeps,
): Promise<WrittenCredential> {
  try {
    return await createCredential(request, { ...admin, now: () => startedAtMs });
  } catch (error) {
    if (!isRepeat || !(error instanceof RecordChangedError) || error.code !== 'CredentialExists') throw error;
    const { attributes } = error.present;
    const isOwn =
      attributes['requested_at'] === new Date(startedAtMs).toISOString() &&
      attributes['requested_by'] === request.requestedBy;
    if (!isOwn) throw error;
    return { ...error.present, isUnchanged: false, warnings: [] };
  }
}

async function replay(
  { status, body }: StoredAnswer,
  username: string,
  wait: number | undefined,
  admin: AdminDeps,
): Promise<Answer> {
  const replayed = { 'Idempotent-Replayed': 'true' };
  if (status >= 400) {
    const { code, detail, faults, current } = JSON.parse(body);
    throw new RequestError(status, code, detail, faults, replayed, current);
  }
  // Without a record there is nothing to wait for: it was removed since then.
  const view = wait === undefined || wait === 0 ? undefined : await findCredential(username, admin);
  if (view !== undefined) {
    const answer = await answerChange({ ...view, isUnchanged: true, warnings: [] }, { wait }, admin);
    return { ...answer, headers: { ...answer.headers, ...replayed } };
  }
  const stored = JSON.parse(body);
  return { status, body: stored, headers: { Location: pathOf(username), ETag: stored.etag, ...replayed } };
}

async function findCredential(username: string, { credentials, now }: AdminDeps): Promise<CredentialView | undefined> {
  const item = await credentials.read(username);
  return item === undefined ? undefined : viewCredential(username, item, now());
}
