/** A stored digest without the policy's form, because IAM may have the same policy as an inline or as a managed one. */
export function contentOfDigest(digest: string | undefined): string | undefined {
  return digest?.slice(digest.indexOf(':') + 1);
}

/** The form of the policy in a stored digest. */
export function policyFormOfDigest(digest: string | undefined): 'inline' | 'managed' | undefined {
  if (digest?.startsWith('managed:')) return 'managed';
  return digest?.startsWith('inline:') ? 'inline' : undefined;
}

/** The digest of the same policy in the form in which IAM stored it. Undefined: the form is unchanged. */
export function digestOfForm(digest: string, form: 'inline' | 'managed' | undefined): string {
  return form === undefined ? digest : `${form}:${digest.slice(digest.indexOf(':') + 1)}`;
}
