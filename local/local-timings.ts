import type { IamLag } from './emulator/start-emulator.ts';
import { deployedNumber } from './function-definitions.ts';

/** The timings of a stack, all in seconds. */
export interface LocalTimings {
  /** The length of a day of rotation. */
  readonly daySeconds: number;
  /** How often the rotator runs. */
  readonly rotationEverySeconds: number;
  /** How often the sweeper runs. */
  readonly sweepEverySeconds: number;
  /** How long a record or user may stay between two states before the sweep calls it stuck. */
  readonly settleSeconds: number;
  /** How often expired suspensions are ended. */
  readonly suspensionsEverySeconds: number;
  /** How long after a key's creation its first login is tried. */
  readonly verificationDelaySeconds: number;
  /** How long failed logins are retried. */
  readonly verificationSeconds: number;
  /** How long IAM may return an old state. */
  readonly iamPropagationSeconds: number;
  /** How long after a change SES may still apply the previous policy. Mails sent in that time are no violations. */
  readonly policySettleSeconds: number;
  /** The first delay before a dead letter is retried, and the longest. */
  readonly backoffBaseSeconds: number;
  readonly backoffLimitSeconds: number;
}

/** The timings on AWS. Those that the functions are deployed with are read from their definitions. */
export const usualTimings: LocalTimings = {
  daySeconds: deployedNumber('smtp-credential-sweeper', 'DAY_SECONDS'),
  rotationEverySeconds: 3_600,
  sweepEverySeconds: 86_400,
  settleSeconds: deployedNumber('smtp-credential-sweeper', 'SETTLE_SECONDS'),
  suspensionsEverySeconds: 60,
  verificationDelaySeconds: 15,
  verificationSeconds: 60,
  iamPropagationSeconds: deployedNumber('smtp-credential-sweeper', 'IAM_PROPAGATION_SECONDS'),
  policySettleSeconds: 1,
  backoffBaseSeconds: deployedNumber('smtp-dlq-processor', 'BACKOFF_BASE_SECONDS'),
  backoffLimitSeconds: deployedNumber('smtp-dlq-processor', 'BACKOFF_LIMIT_SECONDS'),
};

/** `npm start -- --fast`: a day passes in a second, so that you can watch the whole life of a credential in a minute. */
export const fastTimings: LocalTimings = {
  daySeconds: 1,
  rotationEverySeconds: 1,
  sweepEverySeconds: 5,
  settleSeconds: 2,
  suspensionsEverySeconds: 1,
  verificationDelaySeconds: 0,
  verificationSeconds: 5,
  iamPropagationSeconds: 6,
  policySettleSeconds: 1,
  backoffBaseSeconds: 1,
  backoffLimitSeconds: 2,
};

/** Adapts the timings to a lagging IAM: until the lag is over, a missing user isn't gone, and the previous policy may still apply. */
export function adaptTimings(timings: LocalTimings, iamLag: IamLag | undefined): LocalTimings {
  const lagSeconds = iamLag === undefined ? 0 : Math.ceil(iamLag.seconds);
  return {
    ...timings,
    iamPropagationSeconds: Math.max(timings.iamPropagationSeconds, lagSeconds + 1),
    policySettleSeconds: Math.max(timings.policySettleSeconds, lagSeconds),
  };
}

/**
 * How often a function is called, by the name of its schedule in `terraform/functions.json`.
 *
 * @throws Error when the schedule is unknown.
 */
export function secondsBetweenCalls(timings: LocalTimings, schedule: string): number {
  const seconds: Readonly<Record<string, number>> = {
    rotation: timings.rotationEverySeconds,
    sweep: timings.sweepEverySeconds,
    suspensions: timings.suspensionsEverySeconds,
  };
  const found = seconds[schedule];
  if (found === undefined) throw new Error(`terraform/functions.json names an unknown schedule, "${schedule}".`);
  return found;
}
