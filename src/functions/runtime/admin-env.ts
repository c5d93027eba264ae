import * as v from 'valibot';
import { text, textLike } from './env-values.ts';
import { reconcileEnv } from './reconcile-env.ts';

const { TABLE_NAME, SES_REGION, EVENT_BUS_NAME, LOG_LEVEL, TRACING } = reconcileEnv;

/** A queue. */
export const queueUrl = textLike(/^https?:\/\//, 'is not a URL');
/** In front of the names of all resources. Undefined for a deployment without one. */
export const namePrefix = v.optional(text);

/** The settings that both functions of the API share. */
export const adminEnv = { TABLE_NAME, SES_REGION, EVENT_BUS_NAME, LOG_LEVEL, TRACING };
