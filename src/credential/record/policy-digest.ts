/** A stored digest without the policy's form: the same spec may stand in IAM inline or as a managed policy. */
export function contentOfDigest(digest: string | undefined): string | undefined {
  return digest?.slice(digest.indexOf(':') + 1);
}

/** The form of the policy that a stored digest speaks of. */
export function policyFormOfDigest(digest: string | undefined): 'inline' | 'managed' | undefined {
  if (digest?.startsWith('managed:')) return 'managed';
  return digest?.startsWith('inline:') ? 'inline' : undefined;
}

/** The digest of the same policy in the form that IAM took it in; undefined: in its own. */
export function digestOfForm(digest: string, form: 'inline' | 'managed' | undefined): string {
  return form === undefined ? digest : `${form}:${digest.slice(digest.indexOf(':') + 1)}`;
}
