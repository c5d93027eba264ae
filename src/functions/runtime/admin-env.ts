import { textLike } from './env-values.ts';
import { reconcileEnv } from './reconcile-env.ts';

const { TABLE_NAME, SES_REGION, EVENT_BUS_NAME, LOG_LEVEL, TRACING } = reconcileEnv;

/** A queue. */
export const queueUrl = textLike(/^https?:\/\//, 'is not a URL');

/** The settings that both functions of the API share. */
export const adminEnv = { TABLE_NAME, SES_REGION, EVENT_BUS_NAME, LOG_LEVEL, TRACING };
