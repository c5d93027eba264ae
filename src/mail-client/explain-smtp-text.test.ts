import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { realTexts } from '../../test/fixtures/smtp-texts.ts';
import { explainSmtpText } from './explain-smtp-text.ts';
import { replyRules } from './smtp-rules/all-rules.ts';

const codesOf = (text: string) => explainSmtpText(text).map(({ code }) => code);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const denied =
  "554 Access denied: User `arn:aws:iam::123456789012:user/jane' is not authorized to perform `ses:SendRawEmail' on resource " +
  "`arn:aws:ses:eu-west-1:123456789012:identity/example.com'";
const unverified =
  '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: ';

describe('explainSmtpText', () => {
  it('knows more than 60 texts as they were reported', () => {
    expect(realTexts.length).toBeGreaterThan(60);
  });

  it.each(realTexts)('%s: %s', (_, codes, text) => {
    expect(codesOf(text)).toEqual(codes.split(' '));
  });

  it('gives nothing for an empty text, and says so if it knows nothing in a text', () => {
    expect(explainSmtpText('')).toEqual([]);
    expect(explainSmtpText(' \r\n ')).toEqual([]);
    expect(explainSmtpText('It does not work')).toMatchObject([{ code: 'unknown-reply', certainty: 'possible' }]);
  });

  it.each([
    ['459 4.9.9 Something passing', true],
    ['559 Something final', false],
  ])('explains an unknown reply by its first digit: %s', (text, isTemporary) => {
    const [explanation] = explainSmtpText(text);
    expect(explanation).toMatchObject({ isTemporary });
  });

  it('gives each problem once, in the order of the text, however often a log repeats it', () => {
    const log = [
      'said: 454 Throttling failure: Maximum sending rate exceeded (in reply to end of DATA command))',
      'connect to email-smtp.us-east-1.amazonaws.com[203.0.113.7]:25: Connection timed out',
      '535 Authentication Credentials Invalid',
    ];
    expect(codesOf([...log, ...log, ...log].join('\n'))).toEqual([
      'throttled-rate',
      'connection-timeout',
      'credentials-wrong',
    ]);
  });

  it.each([
    'took 535 ms, line 550, port 587, HTTP error 500, 554 items',
    'GET /v1/mails 421 bytes',
    '2026-05-54 553.2.1 (line 450)',
  ])('takes no number for a reply: %s', (text) => {
    expect(codesOf(text)).toEqual(['unknown-reply']);
  });

  it('joins a reply of several lines', () => {
    const [explanation] = explainSmtpText(denied.replace('554 Access denied: ', '554-Access denied:\r\n554 '));
    expect(explanation).toMatchObject({ code: 'sender-denied', reply: denied });
  });

  it('shows a reply without control characters', () => {
    expect(explainSmtpText('535 Authentication \u001b[31mCredentials Invalid')[0]?.reply).toBe(
      '535 Authentication [31mCredentials Invalid',
    );
  });
});

describe('554 Access denied', () => {
  it('gives all causes, as SES names none of them', () => {
    const [explanation] = explainSmtpText(denied);
    expect(explanation?.certainty).toBe('certain');
    expect(explanation?.causes?.map(({ code }) => code)).toEqual([
      'sender-not-allowed',
      'sender-case',
      'envelope-sender-not-allowed',
      'recipient-not-allowed',
      'source-ip-not-allowed',
      'credential-denied',
    ]);
  });

  it('points to the case of a sender that the text shows', () => {
    const [explanation] = explainSmtpText(`MAIL FROM:<Jane@example.com>\n250 Ok\n${denied}`);
    expect(explanation).toMatchObject({ code: 'sender-case', certainty: 'likely' });
    expect(explanation?.cause).toContain('Jane@example.com');
  });

  it('names the configuration set', () => {
    const [explanation] = explainSmtpText(denied.replace('identity/example.com', 'configuration-set/marketing'));
    expect(explanation).toMatchObject({ code: 'configuration-set-denied' });
    expect(explanation?.cause).toContain('marketing');
  });

  it('tells the identity of a recipient from that of a sender', () => {
    const text = `MAIL FROM:<jane@example.com>\nRCPT TO:<kim@example.org>\n${denied.replace('example.com', 'kim@example.org')}`;
    expect(codesOf(text)).toEqual(['recipient-identity-denied']);
  });
});

describe('554 Email address is not verified', () => {
  it('lists the identities with the Region', () => {
    const [explanation] = explainSmtpText(`${unverified}jane@example.com, example.org, Kim Lee <kim@example.org>...`);
    expect(explanation?.cause).toBe(
      'SES has not verified jane@example.com, example.org, kim@example.org and others in eu-west-1.',
    );
    expect(explanation?.causes?.map(({ code }) => code)).toEqual(['identity-unverified', 'sandbox-recipient']);
  });

  it.each([
    ['sandbox-recipient', 'kim@example.org'],
    ['identity-unverified', 'Jane@example.com'],
    ['identity-unverified', 'jane@example.com, kim@example.org'],
  ])('is %s for %s where the text shows sender and recipient', (code, identities) => {
    const dialog = 'MAIL FROM:<jane@example.com>\r\n250 Ok\r\nRCPT TO:<kim@example.org>\r\n250 Ok\r\n';
    const [explanation] = explainSmtpText(`${dialog}${unverified}${identities}`);
    expect(explanation).toMatchObject({ code });
    expect(explanation?.causes).toBeUndefined();
  });
});

describe('535', () => {
  const smtpPassword = 'BMPPgbAHoFVbze1Ud0oA5uNdXRwUXUZ+qOwphGJbl/cS';
  const obsolete = `A${'g'}${smtpPassword.slice(2)}`;
  const dialog = (username: string, password: string) =>
    `AUTH LOGIN\r\n334 VXNlcm5hbWU6\r\n${base64(username)}\r\n334 UGFzc3dvcmQ6\r\n${base64(password)}\r\n535 Authentication Credentials Invalid\r\n`;
  const causesOf = (text: string) => explainSmtpText(text)[0]?.causes?.map(({ code }) => code);

  it('alone may have every cause, the more frequent first', () => {
    const [explanation] = explainSmtpText('535 Authentication Credentials Invalid');
    expect(explanation).toMatchObject({ code: 'credentials-wrong', certainty: 'possible' });
    expect(explanation?.causes?.map(({ code }) => code)).toEqual([
      'wrong-region',
      'login-not-access-key',
      'secret-as-password',
      'password-not-encoded',
      'password-whitespace',
      'password-obsolete',
      'temporary-key',
      'key-inactive',
      'key-not-propagated',
      'no-right-to-send',
    ]);
  });

  it.each([
    ['login-not-access-key', dialog('ses-smtp-user.20260301', smtpPassword)],
    [
      'login-not-access-key',
      'Failed to authenticate with username "jane@example.com"\n535 Authentication Credentials Invalid',
    ],
    ['secret-as-password', dialog('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')],
    ['password-whitespace', dialog('AKIAIOSFODNN7EXAMPLE', `${smtpPassword} `)],
    ['password-obsolete', dialog('AKIAIOSFODNN7EXAMPLE', obsolete)],
    ['temporary-key', dialog('ASIAIOSFODNN7EXAMPLE', smtpPassword)],
    ['password-not-encoded', dialog('AKIAIOSFODNN7EXAMPLE', encodeURIComponent(smtpPassword))],
    [
      'password-not-encoded',
      `MAILER_DSN=smtp://AKIAIOSFODNN7EXAMPLE:${smtpPassword}@email-smtp.eu-west-1.amazonaws.com:587\n535 Authentication Credentials Invalid`,
    ],
    [
      'secret-as-password',
      `AUTH PLAIN ${base64('\0AKIAIOSFODNN7EXAMPLE\0wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')}\n535 Authentication Credentials Invalid`,
    ],
  ])('is only %s where the text shows it', (code, text) => {
    expect(causesOf(text)).toEqual([code]);
  });

  it('excludes what a password and username of the right form rule out', () => {
    expect(causesOf(dialog('AKIAIOSFODNN7EXAMPLE', smtpPassword))).toEqual([
      'wrong-region',
      'key-inactive',
      'key-not-propagated',
      'no-right-to-send',
    ]);
  });

  it('names the Region of the endpoint', () => {
    const text =
      'relay=email-smtp.eu-west-1.amazonaws.com[203.0.113.7]:587 said: 535 Authentication Credentials Invalid';
    expect(explainSmtpText(text)[0]?.cause).toContain('eu-west-1');
  });
});

describe('no explanation holds a credential', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9+/]{12,60}$/);
  const before = fc.constantFrom('', 'C: ', '>> ', 'CLIENT -> SERVER: ', ' -> ', '[7f3a] C: ', "send: '");
  const reply = fc.constantFrom(
    '535 Authentication Credentials Invalid',
    '454 Temporary authentication failure',
    '535',
  );

  it.each<[string, (secret: string, lead: string, reply: string) => string]>([
    ['AUTH PLAIN', (secret, lead, reply) => `${lead}AUTH PLAIN ${secret}\n${reply}`],
    ['AUTH PLAIN in the reply', (secret, _, reply) => `${reply} to AUTH PLAIN ${secret}`],
    ['AUTH LOGIN with the name', (secret, lead, reply) => `${lead}auth login ${secret}\n${reply} ${secret}`],
    [
      'a dialog',
      (secret, lead, reply) =>
        `S: 334 VXNlcm5hbWU6\n${lead}${secret}\r\nS: 334 UGFzc3dvcmQ6\r\n${lead}${secret}\r\n${reply}`,
    ],
    [
      'a dialog on one line',
      (secret, _, reply) => `<< 334 VXNlcm5hbWU6 >> ${secret} << 334 UGFzc3dvcmQ6 >> ${secret} << ${reply}`,
    ],
    [
      'smtplib',
      (secret, _, reply) =>
        `reply: b'334 UGFzc3dvcmQ6\\r\\n'\nreply: retcode (334); Msg: b'UGFzc3dvcmQ6'\nsend: '${secret}\\r\\n'\nreply: b'${reply}\\r\\n'`,
    ],
    ['a URL', (secret, _, reply) => `smtps://AKIAIOSFODNN7EXAMPLE:${secret}@mail.example.com said: ${reply}`],
    ['a setting', (secret, _, reply) => `${reply} for password: '${secret}'`],
  ])('%s', (_, write) => {
    fc.assert(
      fc.property(word, before, reply, (secret, lead, answer) => {
        const explanations = explainSmtpText(write(secret, lead, answer));
        expect(explanations.length).toBeGreaterThan(0);
        expect(JSON.stringify(explanations)).not.toContain(secret);
      }),
    );
  });
});

describe('any text', () => {
  const codes = new Set(Object.values(replyRules).flatMap((rules) => rules.map(({ code }) => code)));
  const parts = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(...realTexts.map(([, , text]) => text)),
      fc.constantFrom(
        '\n',
        '\r\n',
        ' ',
        '334 ',
        'AUTH PLAIN ',
        '554-',
        '554 ',
        "(535, b'",
        'said: ',
        '"',
        '\0',
        '\\r\\n',
      ),
    ),
    { maxLength: 20 },
  );

  it('is explained in whole sentences, and never throws', () => {
    expect(codes.size).toBeGreaterThan(40);
    fc.assert(
      fc.property(parts, (all) => {
        const text = all.join('');
        const explanations = explainSmtpText(text);
        expect(explanations.length === 0).toBe(text.trim() === '');
        for (const { code, cause, remedy, link, reply = '' } of explanations) {
          expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
          expect(`${cause}${remedy}`).toMatch(/\.$/);
          expect(link).toMatch(/^https:\/\//);
          expect(reply.length).toBeLessThan(700);
        }
      }),
      { numRuns: 300 },
    );
  });

  const megabyte = 1_000_000;
  it.each([
    '554 ',
    '5',
    '554-',
    '334 ',
    '334 >> a',
    'AUTH PLAIN ',
    'AUTH PLAIN a\n',
    'password=',
    'pass',
    'smtp://',
    'smtp://a:',
    'a',
    'A1b',
    ' ',
    '\n',
    'a\n',
    ' a\n',
    'said 554 x\n ',
    '554 access denied: ',
    'configuration set ',
    'tenant ',
    'invalid tag ',
    'tag name ',
    'domain ',
    'address ',
    'certificate ',
    'unable to get ',
    'From: ',
    'From:a',
    'a@',
    'to=<a@b>',
    'MAIL FROM:<a@b.c>\n',
    "(554, b'",
    '"554 ',
    '(',
    "'",
    '\\r\\n',
    ':identity/',
    'failed the check in region EU-WEST-1: a.b, ',
    '554 not verified failed the check: a@b.c, ',
    'message size ',
    'exceeds ',
    'username "',
    'email-smtp.',
    'not authorized to perform ',
  ])('of a megabyte takes no long time: %j', (part) => {
    const text = part.repeat(Math.ceil(megabyte / part.length));
    const start = performance.now();
    explainSmtpText(text);
    // A quadratic pattern would take minutes. The limit leaves room for a busy machine.
    expect(performance.now() - start).toBeLessThan(6_000);
  });
});
