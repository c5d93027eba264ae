import type { Credential } from './credential.ts';
import type { PolicyFinding } from './policy.ts';
import type { Statistics } from './statistics.ts';

/** What a person should do about a credential, most urgent first. Never empty. */
export function adviseNext(
  credential: Credential,
  statistics: Statistics | undefined,
  policyFindings: readonly PolicyFinding[] = [],
): string[] {
  const { username, state, problems, key } = credential;
  const day = statistics?.windows['day'] ?? {};
  const steps = [
    ...adviseByState(username, state, problems.length > 0),
    ...advisePolicy(username, policyFindings),
    ...(key?.verification === 'failed' ? [`Try its login again: sesame verify ${username} --wait`] : []),
    ...(problems.some(({ code }) => code === 'OldKeyInUse')
      ? ['See who still uses the old password: sesame rotate --report']
      : []),
    ...((day['violations'] ?? 0) > 0 ? [`Look at the senders that it may not use: sesame violations ${username}`] : []),
    ...(isMany(day['hard_bounces'], day['sends'])
      ? ['More than 5 % of its mails bounced in a day: stop sending to addresses that do not exist.']
      : []),
    ...((day['complaints'] ?? 0) > 0 ? ['Recipients complained: look at what it sends, and to whom.'] : []),
  ];
  if (steps.length > 0) return steps;
  return [
    `Nothing is wrong here. If a mail is refused, explain its reply: sesame explain; or ask: sesame can ${username} --from SENDER --to RECIPIENT`,
  ];
}

function adviseByState(username: string, state: unknown, hasProblem: boolean): string[] {
  switch (state) {
    case 'pending':
      return [`Wait: Sesame is working on it. Follow it with: sesame watch ${username}`];
    case 'disabling':
      return [`Wait until it is off: sesame watch ${username}`];
    case 'failed':
      return [
        `Correct the record: sesame edit ${username} --wait. If the cause is not on the record, remove it, then: sesame enable ${username} --wait`,
      ];
    case 'disabled':
      return [
        hasProblem
          ? `Remove the cause; then the same password works again: sesame enable ${username} --wait`
          : `It was disabled on purpose. The same password works again after: sesame enable ${username} --wait`,
      ];
    default:
      return [];
  }
}

function advisePolicy(username: string, findings: readonly PolicyFinding[]): string[] {
  const codes = findings.map(({ code }) => code);
  return [
    ...(codes.includes('ContainmentLeftOver')
      ? [
          `IAM still denies everything: sesame contain ${username}, then sesame enable ${username} --lift-containment --wait`,
        ]
      : []),
    ...(codes.some((code) => ['ContainmentMissing', 'ContainmentChanged'].includes(code))
      ? [`IAM does not deny everything any more: sesame contain ${username}`]
      : []),
    ...(codes.some((code) => !code.startsWith('Contain'))
      ? [
          `Its IAM user differs from the record: sesame policy ${username}; the sweep restores Sesame's part: sesame sweep`,
        ]
      : []),
  ];
}

/** SES reviews accounts from 5 % on. A few mails say nothing. */
function isMany(bounces = 0, sends = 0): boolean {
  return sends >= 20 && bounces / sends > 0.05;
}
