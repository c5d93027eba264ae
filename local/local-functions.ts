import { deploymentParameterName } from '../src/deployment/deployment-name.ts';
import type { EnvelopeRule } from '../src/mail-events/policy-doubt.ts';
import { fillTemplate } from './fill-template.ts';
import {
  deployedNumber,
  environmentTemplates,
  type FunctionDefinition,
  functionDefinitions,
} from './function-definitions.ts';
import type { LocalDeployment } from './local-deployment.ts';
import type { LocalResources } from './local-resources.ts';
import type { LocalTimings } from './local-timings.ts';

/** The inputs of a function's environment. */
export interface FunctionContext {
  deployment: LocalDeployment;
  resources: LocalResources;
  timings: LocalTimings;
  /** The SMTP endpoint's ports, and the certificate authority to trust. */
  smtp: { host: string; startTlsPort: number; tlsPort: number; caPem: string };
  /** The validator suspends after this many violations. Undefined: it only observes. */
  suspendAfter: number | undefined;
  envelope?: EnvelopeRule | undefined;
  /** How many recipients a credential without `quota_per_day` may send to in a day. */
  defaultQuotaPerDay?: number | undefined;
  /** How many credentials there may be. */
  maxCredentials?: number | undefined;
}

/** A function of the local stack. */
export interface LocalFunction extends FunctionDefinition {
  readonly name: string;
}

/** The functions of the stack, in display order. */
export const localFunctions: readonly LocalFunction[] = Object.entries(functionDefinitions).map(
  ([name, definition]) => ({ name, ...definition }),
);

/** Values for the placeholders in `terraform/functions.json`. Those on AWS are in terraform/functions.tf. */
function environmentValues({
  deployment,
  resources,
  suspendAfter,
  envelope,
  defaultQuotaPerDay,
  maxCredentials,
}: FunctionContext): Record<string, string> {
  return {
    name_prefix: deployment.namePrefix,
    region: deployment.region,
    table_name: deployment.table,
    previous_table_names: deployment.previousTableNames.join(','),
    expiry_attribute: deployment.expiryAttribute,
    event_log_group: deployment.eventLogGroup,
    history_log_group: deployment.historyLogGroup,
    configuration_set_name: deployment.configurationSet,
    event_bus_name: deployment.eventBus,
    kms_key_arn: resources.kmsKeyArn,
    permissions_boundary_arn: resources.permissionsBoundaryArn,
    alerts_topic_arn: resources.topics.alerts,
    dead_letter_queue_url: resources.deadLetterQueue.url,
    parking_queue_url: resources.parkingQueue.url,
    verification_queue_url: resources.verificationQueue.url,
    sending_events_queue_url: resources.sendingEventsQueue.url,
    feedback_queue_url: resources.feedbackQueue.url,
    function_names: localFunctions.map(({ name }) => `${deployment.namePrefix}${name}`).join(','),
    deployment_parameter: deploymentParameterName(deployment.namePrefix),
    manage_users_of_0_1: 'on',
    max_credentials: String(maxCredentials ?? ''),
    default_quota_per_day: String(defaultQuotaPerDay ?? ''),
    receiving_rules: 'ignore',
    login_successes: '3',
    validator_mode: suspendAfter === undefined ? 'observe' : 'suspend',
    suspend_after_violations: String(suspendAfter ?? 3),
    violation_window: 'day',
    envelope: envelope ?? 'notice',
    feedback_mode: 'suspend',
    suppression_list: 'off',
    log_level: 'INFO',
    tracing: 'off',
  };
}

/** Not set on the local stack, so that the function's own default applies and is tested. */
const unset = undefined;

/** Variables that intentionally differ from those on AWS, by the name of a shared environment or a function. */
export const environmentOverrides: Readonly<
  Record<string, (context: FunctionContext) => Readonly<Record<string, string | undefined>>>
> = {
  reconcile: ({ timings }) => ({
    DAY_SECONDS: String(timings.daySeconds),
    IAM_PROPAGATION_SECONDS: String(timings.iamPropagationSeconds),
    CLAIM_LEASE_SECONDS: unset,
    USER_TAGS: unset,
    RECEIVING_RULE_PK: unset,
    RECEIVING_RULE_SK: unset,
  }),
  sending: () => ({
    // Short, so that a developer soon sees the effect of a change.
    RECORD_CACHE_SECONDS: '5',
  }),
  alerts: () => ({ ALERT_WINDOW_SECONDS: '3600' }),
  'smtp-credential-verifier': ({ timings, smtp }) => ({
    SMTP_HOST: smtp.host,
    SMTP_PORT: String(smtp.tlsPort),
    SMTP_CA_PEM: smtp.caPem,
    // The emulator's keys work immediately.
    LOGIN_PAUSE_MILLISECONDS: '100',
    VERIFICATION_SECONDS: String(timings.verificationSeconds),
    SECOND_TRY_SECONDS: String(
      Math.min(deployedNumber('smtp-credential-verifier', 'SECOND_TRY_SECONDS'), timings.verificationSeconds),
    ),
  }),
  'smtp-password-reveal': ({ smtp }) => ({
    SMTP_HOST: smtp.host,
    SMTP_STARTTLS_PORT: String(smtp.startTlsPort),
    SMTP_TLS_PORT: String(smtp.tlsPort),
  }),
  'smtp-dlq-processor': ({ timings }) => ({
    BACKOFF_BASE_SECONDS: String(timings.backoffBaseSeconds),
    BACKOFF_LIMIT_SECONDS: String(timings.backoffLimitSeconds),
  }),
  'smtp-credential-sweeper': ({ timings }) => ({
    // The emulator doesn't throttle.
    IAM_READS_PER_SECOND: '1000',
    SETTLE_SECONDS: String(timings.settleSeconds),
  }),
  'smtp-email-validator': ({ timings }) => ({ SETTLE_SECONDS: String(timings.policySettleSeconds) }),
  'smtp-feedback-processor': () => ({
    BOUNCE_WARN_PERCENT: unset,
    BOUNCE_SUSPEND_PERCENT: unset,
    BOUNCE_MINIMUM_SENDS: unset,
    BOUNCE_MINIMUM_COUNT: unset,
    COMPLAINT_WARN_PERCENT: unset,
    COMPLAINT_SUSPEND_PERCENT: unset,
    COMPLAINT_MINIMUM_SENDS: unset,
    COMPLAINT_MINIMUM_COUNT: unset,
  }),
};

/**
 * Builds a function's environment on the local stack: the one in `terraform/functions.json` with the overrides.
 *
 * @throws Error when a placeholder has no value.
 */
export function localEnvironment(definition: LocalFunction, context: FunctionContext): Record<string, string> {
  const values = environmentValues(context);
  const overrides: Readonly<Record<string, string | undefined>> = Object.assign(
    {},
    ...[...definition.shared_environments, definition.name].map((name) => environmentOverrides[name]?.(context)),
  );
  const environment: Record<string, string> = {};
  for (const [variable, template] of Object.entries(environmentTemplates(definition.name))) {
    const value = Object.hasOwn(overrides, variable)
      ? overrides[variable]
      : fillTemplate(template, values, (text) => text);
    if (value !== undefined) environment[variable] = value;
  }
  return environment;
}
