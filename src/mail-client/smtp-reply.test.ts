import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainSmtpReply } from './smtp-reply.ts';
import type { SmtpReplyClass } from './smtp-rules/smtp-rule.ts';

/** Every reply in https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html */
const documented: readonly (readonly [string, SmtpReplyClass])[] = [
  ['235 Authentication successful', 'ok'],
  ['250 Ok 01010160d7de98d8-21e57d9a-JZho-416c-bbe1-8ebaAexample-000000', 'ok'],
  ['421 Too many concurrent SMTP connections', 'transient'],
  ['451 Temporary service failure', 'transient'],
  ['451 Timeout waiting for data from client', 'transient'],
  ['454 Throttling failure: Daily message quota exceeded', 'throttle-daily'],
  ['454 Throttling failure: Maximum sending rate exceeded', 'throttle-rate'],
  ['454 Temporary authentication failure', 'transient-auth'],
  ['454 Temporary service failure', 'transient'],
  ['530 Authentication required', 'auth'],
  ['535 Authentication Credentials Invalid', 'auth'],
  ['535 Account not subscribed to SES', 'account'],
  ['552 Message is too long.', 'permanent'],
  ['553 <email-address> Invalid email address', 'permanent'],
  ['553 <email-address> address unknown', 'permanent'],
  ['554 Access denied: User UserARN is not authorized to perform ses:SendRawEmail on resource IdentityARN', 'denied'],
  [
    '554 Message rejected: Email address is not verified. The following identities failed the check in region region: identity0, identity1, identity2',
    'unverified',
  ],
];

describe('explainSmtpReply', () => {
  it.each(documented)('%s: %s', (reply, expected) => {
    const code = Number(reply.slice(0, 3));
    const explanation = explainSmtpReply(code, reply);
    expect(explanation.class).toBe(expected);
    expect(explanation.isTemporary).toBe(code >= 400 && code < 500);
    expect(explainSmtpReply(code, reply.slice(4))).toEqual(explanation);
  });

  it('distinguishes a missing login from missing encryption', () => {
    expect(explainSmtpReply(530, 'Must issue a STARTTLS command first').remedy).toContain('587');
    expect(explainSmtpReply(530, 'Authentication required').remedy).toContain('password');
  });

  it('explains any reply', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999 }), fc.string(), (code, text) => {
        const { meaning, remedy } = explainSmtpReply(code, text);
        expect(meaning).toMatch(/\.$/);
        expect(remedy).toMatch(/\.$/);
      }),
    );
  });
});
