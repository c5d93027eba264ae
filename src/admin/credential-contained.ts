import { SesameError } from '../credential/errors.ts';

/** The error for enabling a contained credential without lifting the containment. */
export function credentialContained(username: string): SesameError {
  return new SesameError(
    'CredentialContained',
    'conflict',
    `The credential ${username} was contained, because others may know its password. Remove it and create another one; or lift the containment too ("lift_containment"; sesame enable --lift-containment), and rotate the key at once.`,
  );
}
