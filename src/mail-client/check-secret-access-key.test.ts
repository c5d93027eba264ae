import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSmtpPassword } from '../credential/iam/smtp-password.ts';
import { checkSecretAccessKey, explainDecode } from './check-secret-access-key.ts';
import { checkSmtpRegion, listSmtpRegions } from './smtp-regions.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const obsolete = Buffer.concat([Buffer.of(2), Buffer.alloc(32, 7)]).toString('base64');

describe('checkSecretAccessKey', () => {
  it('takes a secret access key', () => {
    expect(checkSecretAccessKey(secret)).toBeUndefined();
  });

  it.each([
    ['', 'secret-empty'],
    [' ', 'secret-whitespace'],
    [`${secret}\n`, 'secret-whitespace'],
    [`aws_secret_access_key = ${secret}`, 'secret-whitespace'],
    ['AKIAIOSFODNN7EXAMPLE', 'access-key-id-given'],
    ['ASIAIOSFODNN7EXAMPLE', 'access-key-id-given'],
    [deriveSmtpPassword(secret, 'eu-central-1'), 'smtp-password-given'],
    [obsolete, 'obsolete-smtp-password-given'],
    [secret.slice(1), 'secret-length'],
    [`${secret}A`, 'secret-length'],
    ['A'.repeat(44).replace('A', 'z'), 'secret-length'],
    [`${secret.slice(1)}=`, 'secret-characters'],
    [`${secret.slice(1)}é`, 'secret-characters'],
  ])('refuses %j: %s', (text, code) => {
    expect(checkSecretAccessKey(text)?.code).toBe(code);
  });

  it('recognises every SMTP password, and none of 40 characters as one', () => {
    const secrets = fc.stringMatching(/^[A-Za-z0-9+/]{40}$/);
    fc.assert(
      fc.property(secrets, fc.constantFrom(...listSmtpRegions()), (each, region) => {
        expect(checkSecretAccessKey(each)).toBeUndefined();
        expect(checkSecretAccessKey(deriveSmtpPassword(each, region))?.code).toBe('smtp-password-given');
      }),
    );
  });

  it('never repeats the text, and speaks in sentences', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: fc.constantFrom(...'Qz9+/# \n') }), (text) => {
        const message = checkSecretAccessKey(text)?.message ?? '.';
        expect(message).toMatch(/\.$/);
        expect(message).not.toContain(text);
      }),
    );
  });

  it('says why a password cannot be decoded', () => {
    expect(explainDecode()).toMatch(/HMAC.*cannot be reversed.*\.$/);
  });
});

describe('checkSmtpRegion', () => {
  it('knows the Regions that the Terraform module knows', () => {
    const terraform = readFileSync(join(import.meta.dirname, '../../terraform/regions.tf'), 'utf8');
    const [, list = ''] = /smtp_regions = \[([^\]]*)\]/.exec(terraform) ?? [];
    expect(list.match(/[a-z]+-[a-z-]+-\d/g)).toEqual(listSmtpRegions());
    expect(listSmtpRegions().map(checkSmtpRegion)).toEqual(listSmtpRegions().map(() => undefined));
  });

  it.each([
    ['af-south-1', 'region-without-endpoint'],
    ['eu-west-9', 'region-without-endpoint'],
    ['us-iso-east-1', 'region-without-endpoint'],
    ['', 'region-syntax'],
    ['EU-WEST-1', 'region-syntax'],
    ['eu-west-1a', 'region-syntax'],
    ['Ireland', 'region-syntax'],
    ['eu-west-1.amazonaws.com', 'region-syntax'],
  ])('refuses %j: %s', (region, code) => {
    expect(checkSmtpRegion(region)?.code).toBe(code);
  });
});
