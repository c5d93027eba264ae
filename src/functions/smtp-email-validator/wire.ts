import { createSendingDeps } from '../runtime/wire-mail-events.ts';
import type { ValidatorDeps } from './deps.ts';
import type { ValidatorEnv } from './env.ts';

/** Wires the validator to AWS. */
export function createDependencies(env: ValidatorEnv): ValidatorDeps {
  const [, partition = '', , , accountId = ''] = env.ALERTS_TOPIC_ARN.split(':');
  return {
    ...createSendingDeps('smtp-email-validator', env),
    rule: {
      mode: env.VALIDATOR_MODE,
      suspendAfter: env.SUSPEND_AFTER_VIOLATIONS,
      window: env.VIOLATION_WINDOW,
    },
    envelope: env.ENVELOPE,
    propagationSeconds: env.SETTLE_SECONDS,
    scope: {
      partition,
      accountId,
      region: env.SES_REGION,
      ...(env.CONFIGURATION_SET === undefined ? {} : { configurationSet: env.CONFIGURATION_SET }),
    },
  };
}
