import * as v from 'valibot';
import { containCredential } from '../../admin/contain-credential.ts';
import { disableCredential } from '../../admin/disable-credential.ts';
import { enableCredential } from '../../admin/enable-credential.ts';
import { rotateCredential } from '../../admin/rotate-credential.ts';
import { verifyCredential } from '../../admin/verify-credential.ts';
import type { AdminDeps } from '../../admin/wire.ts';
import type { WriteRequest, WrittenCredential } from '../../admin/write-credential.ts';
import { answerChange } from '../answer-change.ts';
import { answerDryRun } from '../dry-run.ts';
import { etagOf, presentCredential } from '../present-credential.ts';
import { dryRun, wait } from '../query-values.ts';
import { need } from '../require-deps.ts';
import { defineRoute, type ObjectSchema, type Route } from '../route.ts';

const nothing = v.strictObject({});

/** A route that changes a credential as a whole. */
function defineAction<Body extends ObjectSchema>(
  name: string,
  {
    summary,
    description,
    schema,
    act,
  }: {
    readonly summary: string;
    readonly description: string;
    readonly schema: Body;
    readonly act: (request: WriteRequest, body: v.InferOutput<Body>, deps: AdminDeps) => Promise<WrittenCredential>;
  },
): Route {
  return defineRoute({
    id: `credentials.${name}`,
    method: 'POST',
    path: `/v1/credentials/{username}/${name}`,
    summary,
    description,
    sets: ['operator'],
    query: v.strictObject({ wait, dry_run: dryRun }),
    body: { schema, isRequired: false },
    ifMatch: 'required',
    isAudited: true,
    answers: { 200: 'WrittenCredential', 202: 'WrittenCredential' },
    async handle({ params: { username = '' }, query, body, expectedRevision, requester }, deps) {
      const admin = need(deps, 'admin');
      const request = { username, expectedRevision, ...requester };
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => act(request, body, dry));
      return await answerChange(await act(request, body, admin), query, admin);
    },
  });
}

const reason = v.optional(v.pipe(v.string('is not a text'), v.maxLength(500, 'is longer than 500 characters')));

export const actionRoutes: readonly Route[] = [
  defineAction('disable', {
    summary: 'Disable a credential',
    description: 'Its keys become Inactive a moment later; then its state is `disabled`.',
    schema: nothing,
    act: (request, _body, deps) => disableCredential(request, deps),
  }),
  defineAction('enable', {
    summary: 'Enable a credential',
    description:
      'Enables it with its existing password, retries a failed one, and ends a suspension. A contained one needs `lift_containment`.',
    schema: v.strictObject({ lift_containment: v.optional(v.boolean('is neither true nor false')) }),
    act: (request, { lift_containment: liftContainment }, deps) =>
      enableCredential({ ...request, liftContainment }, deps),
  }),
  defineAction('rotate', {
    summary: 'Give a credential a new password',
    description: 'The old password works during the grace period.',
    schema: nothing,
    act: (request, _body, deps) => rotateCredential(request, deps),
  }),
  defineRoute({
    id: 'credentials.verify',
    method: 'POST',
    path: '/v1/credentials/{username}/verify',
    summary: 'Try to log in with the current password',
    description: 'The verifier logs in at the SMTP endpoint, unless a login with this key has succeeded before.',
    sets: ['operator'],
    query: v.strictObject({ dry_run: dryRun }),
    body: { schema: nothing, isRequired: false },
    isAudited: true,
    answers: { 200: 'DryRun', 202: 'Verification' },
    async handle({ params: { username = '' }, query }, deps) {
      const admin = need(deps, 'admin');
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => verifyCredential({ username }, dry));
      const { correlationId, isVerified } = await verifyCredential({ username }, admin);
      return { status: 202, body: { username, correlation_id: correlationId, is_verified: isVerified } };
    },
  }),
  defineRoute({
    id: 'credentials.contain',
    method: 'POST',
    path: '/v1/credentials/{username}/contain',
    summary: 'Stop a stolen credential',
    description:
      'An explicit deny in IAM first, then its keys become Inactive, then the record is disabled. Safe to repeat.',
    sets: ['operator'],
    query: v.strictObject({ dry_run: dryRun }),
    body: {
      schema: v.strictObject({
        reason,
        since: v.optional(v.pipe(v.string('is not a text'), v.isoTimestamp('is not a time in ISO 8601, UTC'))),
      }),
      isRequired: false,
    },
    ifMatch: 'optional',
    isAudited: true,
    answers: { 200: 'DryRun', 202: 'Containment' },
    async handle({ params: { username = '' }, query, body, expectedRevision, requester }, deps) {
      const admin = need(deps, 'admin');
      const sinceMs = body.since === undefined ? undefined : Date.parse(body.since);
      const request = { username, expectedRevision, ...requester, reason: body.reason, sinceMs };
      if (query.dry_run === true) return await answerDryRun(admin, (dry) => containCredential(request, dry));
      const { view, steps, sentSince, next } = await containCredential(request, admin);
      return {
        status: 202,
        body: { credential: presentCredential(view), steps, sent_since: sentSince, next },
        headers: { ETag: etagOf(view.revision) },
      };
    },
  }),
];
