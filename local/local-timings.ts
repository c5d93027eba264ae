import type { IamLag } from './emulator/start-emulator.ts';

/** How time passes on a stack. All in seconds. */
export interface LocalTimings {
  /** How long a day of rotation lasts. */
  readonly daySeconds: number;
  /** How often the rotator looks. */
  readonly rotationEverySeconds: number;
  /** How often the sweeper looks. */
  readonly sweepEverySeconds: number;
  /** How long a record or a user may be in between two states before the sweep calls it stuck. */
  readonly settleSeconds: number;
  /** How often somebody looks for suspensions that are over. */
  readonly suspensionsEverySeconds: number;
  /** How long a new key rests before its first login. */
  readonly verificationDelaySeconds: number;
  /** How long a login may take to succeed. */
  readonly verificationSeconds: number;
  /** How long IAM may show an old state. */
  readonly iamPropagationSeconds: number;
  /** How long after a change SES may still take mails by the policy before it, for which nobody is blamed. */
  readonly policySettleSeconds: number;
  /** The first pause before a dead letter is tried again, and the longest. */
  readonly backoffBaseSeconds: number;
  readonly backoffLimitSeconds: number;
}

/** Time as on AWS. */
export const usualPace: LocalTimings = {
  daySeconds: 86_400,
  rotationEverySeconds: 3_600,
  sweepEverySeconds: 86_400,
  settleSeconds: 30,
  suspensionsEverySeconds: 60,
  verificationDelaySeconds: 15,
  verificationSeconds: 60,
  iamPropagationSeconds: 300,
  policySettleSeconds: 1,
  backoffBaseSeconds: 10,
  backoffLimitSeconds: 900,
};

/** `npm start -- --fast`: a day passes in a second, so that a whole life can be watched in a minute. */
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

/** The same pace for an IAM that lags: what it doesn't show yet isn't gone, and a policy of before may still be in force, until the lag is over. */
export function fitPace(timings: LocalTimings, iamLag: IamLag | undefined): LocalTimings {
  const lagSeconds = iamLag === undefined ? 0 : Math.ceil(iamLag.seconds);
  return {
    ...timings,
    iamPropagationSeconds: Math.max(timings.iamPropagationSeconds, lagSeconds + 1),
    policySettleSeconds: Math.max(timings.policySettleSeconds, lagSeconds),
  };
}
