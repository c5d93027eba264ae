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
  actions: v.pipe(v.array(text), v.description('What would be done besides, in words')),
  spec_warnings: v.array(fault),
});
const windows = v.record(v.string(), v.unknown());
const message = v.looseObject({ message_id: text, form: text, sent_at: time });

export const answerSchemas: Readonly<Record<string, v.GenericSchema>> = {
  Credential: credential,
  CredentialPage: v.object({ credentials: v.array(credential), next_cursor: v.optional(text) }),
  WrittenCredential: v.union([written, dryRun]),
  RemovedCredential: v.union([credential, dryRun]),
  DryRun: dryRun,
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
  Statistics: v.looseObject({ username: text, at: time, windows }),
  Violations: v.looseObject({
    username: text,
    at: time,
    windows,
    hours: v.array(v.object({ hour: text, violations: count })),
    alerts: v.array(v.object({ finding: text, quiet_until: time })),
  }),
  History: v.object({
    username: text,
    entries: v.array(v.looseObject({ at: time, event: text, correlation_id: text })),
    next_cursor: v.optional(text),
  }),
  Findings: v.object({
    sweeps: v.pipe(count, v.description('How many sweeps are complete')),
    swept_at: v.optional(time),
    is_running: v.boolean(),
    findings: v.array(
      v.object({
        username: text,
        kind: text,
        message: text,
        outcome: v.picklist(['open', 'failed', 'asked', 'repaired']),
        remedy: text,
        runbook: v.optional(text),
        found_at: time,
        correlation_id: text,
      }),
    ),
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
