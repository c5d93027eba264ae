import * as v from 'valibot';
import { adminEnv, namePrefix, queueUrl } from '../runtime/admin-env.ts';
import { settings, text } from '../runtime/env-values.ts';
import { reconcileEnv } from '../runtime/reconcile-env.ts';

const { PERMISSIONS_BOUNDARY_ARN, PREVIOUS_TABLE_NAMES, MANAGE_USERS_OF_0_1 } = reconcileEnv;

/** The settings of the admin API. `terraform/functions.json` sets exactly these variables. */
export const AdminApiEnvSchema = settings({
  ...adminEnv,
  NAME_PREFIX: namePrefix,
  CONFIGURATION_SET: text,
  /** Names the partition and the account as well. */
  PERMISSIONS_BOUNDARY_ARN,
  PREVIOUS_TABLE_NAMES,
  MANAGE_USERS_OF_0_1,
  DEAD_LETTER_QUEUE_URL: queueUrl,
  PARKING_QUEUE_URL: queueUrl,
  VERIFICATION_QUEUE_URL: queueUrl,
  SENDING_EVENTS_QUEUE_URL: queueUrl,
  FEEDBACK_QUEUE_URL: queueUrl,
  /** All functions of the deployment, comma-separated. */
  FUNCTION_NAMES: v.pipe(
    text,
    v.transform((names) => names.split(',')),
  ),
  /** The log groups of SES's events and of the credentials' own. Empty: the deployment has none. */
  EVENT_LOG_GROUP: v.optional(text),
  HISTORY_LOG_GROUP: v.optional(text),
  /** The SSM parameter that describes the deployment. */
  DEPLOYMENT_PARAMETER: text,
  /** The table's TTL attribute. */
  EXPIRY_ATTRIBUTE: text,
});

export type AdminApiEnv = v.InferOutput<typeof AdminApiEnvSchema>;
