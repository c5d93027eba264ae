import type { CredentialView } from '../admin/credential-view.ts';
import type { WrittenCredential } from '../admin/write-credential.ts';

/** A credential in answers: the record's own attributes, and how it is. Never holds a secret. */
export type PresentedCredential = Readonly<Record<string, unknown>>;

/** Converts a view to the API's words. Set-typed attributes are lists already. */
export function presentCredential({ username, attributes, description, iamUserArn, revision }: CredentialView) {
  const { state, since, problems, warnings, key, rotation, expiry, suspension } = description;
  return {
    username,
    ...attributes,
    state,
    ...defined({
      since,
      problems,
      warnings,
      access_key_id: key?.accessKeyId,
      iam_user_arn: iamUserArn,
      key: key && defined({ created_at: key.createdAt, age_days: key.ageDays, verification: key.verification }),
      rotation: defined({ phase: rotation.phase, previous_key_works_until: rotation.previousKeyWorksUntil }),
      expiry: expiry && { at: expiry.at, is_over: expiry.isOver },
      suspension,
      etag: etagOf(revision),
    }),
  } satisfies PresentedCredential;
}

/** The same after a write, with what the write warned of. */
export function presentWritten(written: WrittenCredential) {
  return { ...presentCredential(written), is_unchanged: written.isUnchanged, spec_warnings: written.warnings };
}

/** A strong entity tag: RFC 9110, section 8.8.3. */
export function etagOf(revision: string): string {
  return `"${revision}"`;
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
