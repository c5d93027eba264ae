import { describe, expect, it } from 'vitest';
import { deriveSmtpPassword } from './smtp-password.ts';

describe('deriveSmtpPassword', () => {
  // Published values: terraform-provider-aws and aws-sdk-php test against them.
  it.each([
    ['some+secret+key', 'eu-central-1', 'BMXhUYlu5Z3gSXVQORxlVa7XPaz91aGWdfHxvkOZdWZ2'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'us-east-2', 'BMPPgbAHoFVbze1Ud0oA5uNdXRwUXUZ+qOwphGJbl/cS'],
  ])('%s in %s', (secretAccessKey, region, password) => {
    expect(deriveSmtpPassword(secretAccessKey, region)).toBe(password);
  });

  it('is valid in one Region only', () => {
    expect(deriveSmtpPassword('some+secret+key', 'eu-west-1')).not.toBe(
      deriveSmtpPassword('some+secret+key', 'eu-west-2'),
    );
  });
});
