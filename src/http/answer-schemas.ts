import * as v from 'valibot';

/** What the routes answer with, by the names in the OpenAPI document. Nothing is checked against them at run time; tests do. */

const text = v.string();
const time = v.pipe(v.string(), v.description('ISO 8601'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const fault = v.object({ attribute: text, code: text, message: text });

const credentialEntries = {
  username: text,
  status: v.optional(v.unknown()),
  state: v.pipe(
    v.unknown(),
    v.description('The status to show: pending, active, failed, disabled, or disabling while its key may still work'),
  ),
  since: v.optional(time),
  problems: v.array(v.object({ code: text, text, remedy: v.optional(text), runbook: text })),
  warnings: v.array(v.object({ code: text, text })),
  access_key_id: v.optional(v.pipe(text, v.description('The SMTP username'))),
  iam_user_arn: v.optional(text),
  key: v.optional(
    v.object({
      created_at: v.optional(time),
      age_days: v.optional(count),
      verification: v.picklist(['verified', 'failed', 'waiting']),
    }),
  ),
  rotation: v.object({ phase: text, previous_key_works_until: v.optional(time) }),
  expiry: v.optional(v.object({ at: time, is_over: v.boolean() })),
  suspension: v.optional(v.looseObject({ code: text, reason: text })),
  etag: v.pipe(text, v.description('For If-Match. It identifies what administrators wrote')),
};
const credential = v.looseObject(credentialEntries);
const written = v.looseObject({
  ...credentialEntries,
  is_unchanged: v.boolean(),
  spec_warnings: v.array(fault),
});
const dryRun = v.object({
  dry_run: v.literal(true),
  writes: v.array(
    v.object({
      write: v.picklist(['insert', 'edit', 'remove']),
      set: v.record(v.string(), v.unknown()),
      remove: v.array(text),
    }),
  ),
  spec_warnings: v.array(fault),
});
const unknownPart = 'Null: it could not be read';
const heldPolicy = v.object({
  name: text,
  kind: v.pipe(
    v.picklist(['sending', 'containment', 'quarantine', 'foreign']),
    v.description(
      "sending: Sesame's own; containment: the deny of contain; quarantine: attached by AWS, because a key was found in public; foreign: somebody else's",
    ),
  ),
  form: v.picklist(['inline', 'managed']),
  arn: v.optional(text),
  version: v.optional(v.pipe(text, v.description('The version that is in force'))),
  document: v.pipe(v.nullable(v.unknown()), v.description(unknownPart)),
  problem: v.optional(v.pipe(text, v.description('Why the document could not be read'))),
});
const windows = v.record(v.string(), v.unknown());
const message = v.looseObject({ message_id: text, form: text, sent_at: time });

export const answerSchemas: Readonly<Record<string, v.GenericSchema>> = {
  Credential: credential,
  CredentialPage: v.object({ credentials: v.array(credential), next_cursor: v.optional(text) }),
  WrittenCredential: v.union([written, dryRun]),
  RemovedCredential: v.union([credential, dryRun]),
  Verdict: v.object({ valid: v.boolean(), faults: v.array(fault), warnings: v.array(fault) }),
  Verification: v.object({ username: text, correlation_id: text, is_verified: v.boolean() }),
  Containment: v.object({
    credential,
    steps: v.array(v.object({ step: text, status: v.picklist(['done', 'nothing-to-do']), message: text })),
    sent_since: v.looseObject({ since: time }),
    next: v.array(text),
  }),
  SendingCheck: v.object({
    accepted: v.nullable(v.boolean()),
    reply: text,
    reasons: v.array(v.object({ code: text, message: text, state: v.picklist(['ok', 'refused', 'unknown']) })),
  }),
  Policy: v.object({
    username: text,
    matches: v.pipe(
      v.nullable(v.boolean()),
      v.description(
        'Whether IAM holds the wanted policy and nothing else. Null: something could not be read, and nothing else differs',
      ),
    ),
    findings: v.array(v.object({ code: text, message: text, state: v.picklist(['same', 'different', 'unknown']) })),
    wanted: v.pipe(
      v.nullable(v.object({ form: v.picklist(['inline', 'managed']), document: v.unknown() })),
      v.description("Null: the record can't be fulfilled"),
    ),
    iam_user: v.object({
      state: v.picklist(['none', 'absent', 'not-owned', 'unknown', 'present']),
      arn: v.optional(text),
      renamed_to: v.optional(text),
    }),
    held: v.pipe(
      v.nullable(
        v.object({
          inline: v.pipe(v.nullable(v.array(heldPolicy)), v.description(unknownPart)),
          attached: v.pipe(v.nullable(v.array(heldPolicy)), v.description(unknownPart)),
          permissions_boundary: v.optional(
            v.pipe(v.nullable(text), v.description('Its ARN; null: the user has none. Absent: it could not be read')),
          ),
        }),
      ),
      v.description('What its IAM user holds. Null: nothing, or nothing that may be shown'),
    ),
    differences: v.pipe(
      v.array(v.object({ at: text, missing: v.array(v.unknown()), extra: v.array(v.unknown()), text })),
      v.description("Between the wanted policy and Sesame's own one in IAM"),
    ),
  }),
  Statistics: v.looseObject({ username: text, at: time, windows }),
  Violations: v.looseObject({
    username: text,
    at: time,
    windows,
    hours: v.array(v.object({ hour: text, violations: count })),
    alerts: v.array(v.object({ finding: text, quiet_until: time })),
  }),
  Message: message,
  MessageList: v.object({ messages: v.array(message), is_cut: v.boolean() }),
  Deployment: v.looseObject({ version: text, region: text, table: text }),
  Health: v.object({
    status: v.picklist(['ok', 'degraded', 'unknown']),
    checks: v.array(v.object({ name: text, status: v.picklist(['ok', 'failed', 'unknown']), message: text })),
  }),
  StartedSweep: v.object({ correlation_id: text }),
  OpenApi: v.looseObject({ openapi: text }),
  SmtpLogin: v.object({
    username: text,
    smtp_username: text,
    smtp_password: text,
    smtp_host: text,
    ports: v.object({ starttls: count, tls: count }),
  }),
  Problem: v.object({
    type: text,
    title: text,
    status: count,
    detail: text,
    code: text,
    faults: v.optional(v.array(fault)),
    current: v.optional(credential),
    request_id: text,
  }),
};
