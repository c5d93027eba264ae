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
  document: v.pipe(v.unknown(), v.description(unknownPart)),
  problem: v.optional(v.pipe(text, v.description('Why the document could not be read'))),
});
const windows = v.record(v.string(), v.unknown());
const suppressedAddress = v.object({
  address: text,
  reason: v.picklist(['BOUNCE', 'COMPLAINT']),
  since: v.optional(time),
  message_id: v.optional(text),
});
const mailEvent = v.object({
  type: v.picklist(['Send', 'Reject', 'RenderingFailure', 'DeliveryDelay', 'Delivery', 'Bounce', 'Complaint']),
  at: time,
  recipients: v.array(text),
  reply: v.optional(v.pipe(text, v.description("The other server's words"))),
  status: v.optional(text),
  delay_type: v.optional(text),
  tried_until: v.optional(time),
  bounce_type: v.optional(text),
  bounce_sub_type: v.optional(text),
  complaint_type: v.optional(text),
  reason: v.optional(text),
});
const sentMessage = v.object({
  message_id: text,
  client_message_ids: v.pipe(
    v.array(text),
    v.description('The Message-ID that the client wrote, if the events hold it'),
  ),
  credential: v.pipe(v.nullable(text), v.description('Null: there is no record of its sender now')),
  iam_user: v.optional(text),
  from: text,
  envelope_from: v.optional(text),
  to: v.array(text),
  at: time,
  recipients: v.array(
    v.object({
      address: text,
      state: v.picklist(['accepted', 'delivered', 'bounced', 'delayed', 'complained', 'rejected', 'unknown']),
      at: v.optional(time),
      suppression: v.optional(v.nullable(suppressedAddress)),
    }),
  ),
  events: v.array(mailEvent),
  verdict: v.object({
    code: text,
    as_of: v.pipe(time, v.description('It is judged by the record as it was then, not when the mail was sent')),
    senders: v.array(v.object({ where: text, address: text })),
  }),
  unknown: v.array(v.object({ code: text, message: text })),
});
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
  SentMessages: v.object({
    messages: v.array(sentMessage),
    looked_at: v.object({ since: time, until: time, calls: count }),
    next_cursor: v.optional(v.pipe(text, v.description('There is more to look at, also where no message was found'))),
  }),
  Suppression: v.object({ address: text, is_suppressed: v.boolean(), entries: v.array(suppressedAddress) }),
  RemovedSuppression: v.object({ address: text, is_removed: v.boolean() }),
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
