/** The sender of a mail, as SES names it. */
export type CallerIdentity =
  /** The name has the form of our IAM users. Only the table can tell whether it is one. */
  | { readonly kind: 'own-form'; readonly iamUserName: string }
  | { readonly kind: 'unknown'; readonly identity: string | undefined; readonly why: UnknownIdentity };

export type UnknownIdentity = 'missing' | 'root' | 'role' | 'other-user';

/** The form of our IAM user names, at most 64 characters. */
const OWN_NAME = /^ses-smtp-user-[A-Za-z0-9+=.@_-]{1,36}-[1-9]\d{12}$/;

/**
 * Classifies `ses:caller-identity` (`callerIdentity` in older notifications): the name of an IAM user, `root`, or a
 * role with its session. Some services write the whole ARN.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function classifyIdentity(callerIdentity: string | undefined): CallerIdentity {
  if (callerIdentity === undefined || callerIdentity.trim() === '') {
    return { kind: 'unknown', identity: undefined, why: 'missing' };
  }
  const identity = callerIdentity.slice(0, 200);
  const unknown = (why: UnknownIdentity): CallerIdentity => ({ kind: 'unknown', identity, why });
  if (identity === 'root' || /^arn:aws[a-z-]*:iam::\d{12}:root$/.test(identity)) return unknown('root');
  if (/:(?:assumed-)?role\//.test(identity) || /^AROA[A-Z0-9]+(?::|$)/.test(identity)) return unknown('role');
  const user = /^arn:aws[a-z-]*:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/.exec(identity)?.[1] ?? identity;
  return OWN_NAME.test(user) ? { kind: 'own-form', iamUserName: user } : unknown('other-user');
}
