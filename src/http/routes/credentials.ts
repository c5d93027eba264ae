import * as v from 'valibot';
import { createCredential } from '../../admin/create-credential.ts';
import { editCredential } from '../../admin/edit-credential.ts';
import { listCredentials } from '../../admin/list-credentials.ts';
import { removeCredential } from '../../admin/remove-credential.ts';
import { showCredential } from '../../admin/show-credential.ts';
import { validateCredential } from '../../admin/validate-credential.ts';
import { waitUntilRemoved } from '../../admin/wait-until-removed.ts';
import { iamUserNameOfItem } from '../../credential/record/record.ts';
import { answerChange } from '../answer-change.ts';
import { createOnce } from '../create-once.ts';
import { answerDryRun } from '../dry-run.ts';
import { etagOf, presentCredential } from '../present-credential.ts';
import { dryRun, queryCursor, queryNumber, queryText, queryTexts, wait } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type Route } from '../route.ts';

const changeQuery = v.strictObject({ wait, dry_run: dryRun });
/** Attributes of a record by their own names. The use case checks them, and tells all faults at once. */
const newCredential = v.looseObject({ username: v.string('is missing, or not a text') });
const changes = v.looseObject({});

export const credentialRoutes: readonly Route[] = [
  defineRoute({
    id: 'credentials.list',
    method: 'GET',
    path: '/v1/credentials',
    summary: 'List credentials',
    description: 'Sorted by name. A page is short only if it is the last, or would be larger than 2.5 MB.',
    sets: ['viewer', 'operator'],
    query: v.strictObject({
      status: v.optional(v.picklist(['pending', 'active', 'failed', 'disabled', 'disabling'], 'is not a status')),
      owner: v.optional(queryText),
      label: v.optional(queryTexts),
      domain: v.optional(queryText),
      q: v.optional(queryText),
      limit: v.optional(queryNumber(1, 1_000)),
      cursor: v.optional(queryCursor),
    }),
    answers: { 200: 'CredentialPage' },
    async handle({ query: { status, owner, label = [], domain, q, limit = 50, cursor } }, deps) {
      const filter = { state: status, owner, domain, text: q, labels: label.map(readLabel) };
      const { credentials, nextCursor } = await listCredentials({ filter, limit, cursor }, need(deps, 'admin'));
      return {
        status: 200,
        body: {
          credentials: credentials.map(presentCredential),
          ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }),
        },
      };
    },
  }),
  defineRoute({
    id: 'credentials.create',
    method: 'POST',
    path: '/v1/credentials',
    summary: 'Create a credential',
    description:
      'Writes the record; the IAM user, the key and the password follow within seconds. With an Idempotency-Key, a repeated request gets the same answer for 24 hours.',
    sets: ['operator'],
    query: changeQuery,
    body: { schema: newCredential, isRequired: true },
    hasIdempotencyKey: true,
    isAudited: true,
    answers: { 200: 'WrittenCredential', 202: 'WrittenCredential' },
    async handle({ query, body, idempotencyKey, requester }, deps) {
      const admin = need(deps, 'admin');
      const { username, ...attributes } = body;
      const request = { username, attributes, ...requester };
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => createCredential(request, dry));
      if (idempotencyKey !== undefined && deps.idempotencyKeys !== undefined) {
        return await createOnce(
          { ...request, idempotencyKey, wait: query.wait },
          { admin, keys: deps.idempotencyKeys },
        );
      }
      return await answerChange(await createCredential(request, admin), query, admin);
    },
  }),
  defineRoute({
    id: 'credentials.validate',
    method: 'POST',
    path: '/v1/validate',
    summary: 'Check the attributes of a credential',
    description: 'Answers with all faults and warnings of what a creation would write. Writes nothing.',
    sets: ['viewer', 'operator'],
    body: { schema: newCredential, isRequired: true },
    answers: { 200: 'Verdict' },
    handle({ body: { username, ...attributes } }, deps) {
      const { faults, warnings } = validateCredential({ username, attributes }, need(deps, 'admin'));
      return { status: 200, body: { valid: faults.length === 0, faults, warnings } };
    },
  }),
  defineRoute({
    id: 'credentials.read',
    method: 'GET',
    path: '/v1/credentials/{username}',
    summary: 'Read a credential',
    sets: ['viewer', 'operator', 'secret-reader'],
    answers: { 200: 'Credential' },
    async handle({ params: { username = '' } }, deps) {
      const view = await showCredential({ username }, need(deps, 'admin'));
      return { status: 200, body: presentCredential(view), headers: { ETag: etagOf(view.revision) } };
    },
  }),
  defineRoute({
    id: 'credentials.change',
    method: 'PATCH',
    path: '/v1/credentials/{username}',
    summary: 'Change a credential',
    description: 'A JSON merge patch (RFC 7396) of the attributes that administrators write: null removes one.',
    sets: ['operator'],
    query: changeQuery,
    body: { schema: changes, isRequired: true, isPatch: true },
    ifMatch: 'required',
    isAudited: true,
    answers: { 200: 'WrittenCredential', 202: 'WrittenCredential' },
    async handle({ params: { username = '' }, query, body, expectedRevision, requester }, deps) {
      const admin = need(deps, 'admin');
      const request = { username, changes: body, expectedRevision, ...requester };
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => editCredential(request, dry));
      return await answerChange(await editCredential(request, admin), query, admin);
    },
  }),
  defineRoute({
    id: 'credentials.remove',
    method: 'DELETE',
    path: '/v1/credentials/{username}',
    summary: 'Remove a credential',
    description: 'Removes the record, the IAM user, its keys and the password, for good.',
    sets: ['operator'],
    query: changeQuery,
    ifMatch: 'required',
    isAudited: true,
    answers: { 200: 'RemovedCredential', 202: 'RemovedCredential' },
    async handle({ params: { username = '' }, query, expectedRevision, requester }, deps) {
      const admin = need(deps, 'admin');
      const request = { username, expectedRevision, ...requester };
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => removeCredential(request, dry));
      const removed = await removeCredential(request, admin);
      const { wait: seconds = 0 } = query;
      const iamUserName = iamUserNameOfItem(username, removed.attributes);
      const isDone = seconds > 0 && (await waitUntilRemoved({ username, iamUserName, seconds }, admin));
      return { status: isDone ? 200 : 202, body: presentCredential(removed) };
    },
  }),
];

/** `name` or `name:value`. */
function readLabel(text: string): [string, string] {
  const at = text.indexOf(':');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
