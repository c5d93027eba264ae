import type { Tone } from '../command/result.ts';

/** A policy of an IAM user. */
export interface HeldPolicy {
  readonly name: string;
  readonly kind: string;
  readonly form: string;
  readonly document: unknown;
  readonly problem?: string;
}

export interface PolicyFinding {
  readonly code: string;
  readonly message: string;
  readonly state: string;
}

/** The policy of a credential as the API compares it with IAM. */
export interface Policy {
  readonly matches: boolean | null;
  readonly findings: readonly PolicyFinding[];
  readonly wanted: { readonly form: string; readonly document: unknown } | null;
  readonly iam_user: { readonly state: string; readonly arn?: string };
  readonly held: {
    readonly inline: readonly HeldPolicy[] | null;
    readonly attached: readonly HeldPolicy[] | null;
    readonly permissions_boundary?: string | null;
  } | null;
  readonly differences: readonly { readonly text: string }[];
}

export const findingTones: Readonly<Record<string, Tone>> = { same: 'good', different: 'bad', unknown: 'warning' };

/**
 * What a person must know about a credential's policy. Sesame's own part only while the credential is active: otherwise it is being made, or
 * the credential's problems say why it isn't.
 */
export function notableFindings({ findings }: Policy, credentialState: unknown): PolicyFinding[] {
  const expected = ['NoIamUser', 'PolicyLagging', 'PolicyNarrowed'];
  return findings.filter(
    ({ code, state }) =>
      state === 'different' &&
      !expected.includes(code) &&
      (credentialState === 'active' || /^(Contain|Foreign|Quarantine)/.test(code)),
  );
}
