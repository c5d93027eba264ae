import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCloud } from '../../../test/support/fake-cloud.ts';
import type { Item } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { Secret } from '../secret.ts';
import type { LoginResult, SmtpAccount } from './smtp-login.ts';
import { type Verification, type VerifyDeps, verifyCredential } from './verify.ts';

const username = 'john.doe';
const accessKeyId = 'AKIA0000000000000001';
const accepted: LoginResult = { result: 'accepted' };
const refused: LoginResult = { result: 'refused', code: 535, text: '535 Authentication Credentials Invalid' };
let cloud: FakeCloud;
let nowMs: number;
let accounts: SmtpAccount[];
let contexts: unknown[];
/** The endpoint's reply to each login; the last one repeats. */
let answers: LoginResult[];
let duringLogin: () => void;

beforeEach(() => {
  cloud = new FakeCloud();
  nowMs = 1_764_000_000_000;
  accounts = [];
  contexts = [];
  answers = [accepted];
  duringLogin = () => {};
  cloud.items.set(username, { status: 'active', access_key_id: accessKeyId, encrypted_password: 'closed' });
});

function deps(more: Partial<VerifyDeps> = {}): VerifyDeps {
  return {
    credentials: cloud.credentials,
    decryption: {
      decrypt: (encrypted, context) => {
        contexts.push(context);
        return Promise.resolve(new Secret(`opened ${encrypted}`));
      },
    },
    smtp: {
      logIn: (account) => {
        accounts.push(account);
        nowMs += 100;
        duringLogin();
        return Promise.resolve((answers.length > 1 ? answers.shift() : answers[0]) ?? accepted);
      },
    },
    table: 'mail',
    settings: { successes: 3, pauseMs: 2_000, limitMs: 60_000 },
    now: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
    ...more,
  };
}

const verify = (more?: Partial<VerifyDeps>): Promise<Verification> =>
  verifyCredential({ username, accessKeyId }, deps(more));
const record = () => cloud.items.get(username) as Item;
const edit = (attributes: Item) => cloud.items.set(username, { ...record(), ...attributes });

describe('a key that works', () => {
  it('is verified by three logins in a row', async () => {
    edit({ verification_failure: { code: 'Smtp535', message: 'an earlier try', at: '2026-01-01T00:00:00.000Z' } });
    expect(await verify()).toMatchObject({ result: 'verified', logins: 3 });
    expect(accounts.map(({ user, password }) => [user, password.reveal()])).toEqual(
      Array(3).fill([accessKeyId, 'opened closed']),
    );
    expect(contexts).toEqual([{ table: 'mail', username, access_key_id: accessKeyId }]);
    expect(record()['verified_at']).toBe(new Date(nowMs).toISOString());
    expect(record()['verification_failure']).toBeUndefined();
  });

  it('may be refused until IAM has propagated it', async () => {
    answers = [refused, accepted, accepted, refused, accepted, accepted, accepted];
    expect(await verify()).toMatchObject({ result: 'verified', logins: 7 });
  });
});

describe('on a full record', () => {
  beforeEach(() => {
    edit({
      last_transition: { name: 'activated', correlation_id: 'an-event-of-long-ago' },
      description: 'x'.repeat(500),
      rotate_after_days: 90,
    });
    cloud.itemLimit = JSON.stringify(record()).length;
  });

  it('the result of a verification replaces less important attributes', async () => {
    expect(await verify()).toMatchObject({ result: 'verified' });
    expect(record()['verified_at']).toBeDefined();
    expect(record()['description']).toBeDefined();
  });

  it('a failure is reported, whether or not there is room for it', async () => {
    answers = [refused];
    expect(await verify()).toMatchObject({ result: 'failed', isNews: true, error: { code: 'Smtp535' } });
    expect(record()['description']).toBeDefined();
  });

  it('a new key is requested', async () => {
    edit({ encrypted_password: '%%%' });
    expect(await verify()).toMatchObject({ result: 'unreadable' });
    expect(record()['rotate_requested']).toBe(true);
  });
});

describe('a key that does not work', () => {
  it('fails within the limit, with what SES said and what it means', async () => {
    answers = [refused];
    const begunMs = nowMs;
    const verification = await verify();
    expect(verification).toMatchObject({ result: 'failed', isNews: true, error: { code: 'Smtp535' } });
    expect(nowMs - begunMs).toBeLessThanOrEqual(61_000);
    expect(accounts.length).toBeLessThan(10);
    expect(record()['verification_failure']).toMatchObject({ code: 'Smtp535' });
    const { message } = record()['verification_failure'] as { message: string };
    expect(message).toContain('535 Authentication Credentials Invalid');
    expect(message).toContain('rotate the credential');
    expect(await verify()).toMatchObject({ result: 'failed', isNews: false });
  });

  it.each(['%%%', 'A'.repeat(9000)])('recognises without KMS that a password is not a ciphertext: %s', async (text) => {
    edit({ encrypted_password: text });
    expect(await verify()).toMatchObject({ result: 'unreadable', error: { code: 'PasswordUnreadable' } });
    expect(contexts).toEqual([]);
    expect(record()['rotate_requested']).toBe(true);
  });

  it.each(['AccessDeniedException', 'DisabledException', 'ThrottlingException'])(
    'asks for no new key while KMS says %s',
    async (code) => {
      const decrypt = () => Promise.reject(new SesameError(code, 'retryable', 'not now'));
      expect(await verify({ decryption: { decrypt } })).toMatchObject({ result: 'failed', error: { code } });
      expect(record()).not.toHaveProperty('rotate_requested');
    },
  );

  it('is reported only at the second attempt, because the key may be too young', async () => {
    answers = [refused];
    const first = await verifyCredential({ username, accessKeyId, isFirstAttempt: true }, deps());
    expect(first).toMatchObject({ result: 'waiting', error: { code: 'Smtp535' } });
    expect(record()).not.toHaveProperty('verification_failure');
    expect(await verify()).toMatchObject({ result: 'failed', isNews: true });
  });

  it('is verified although SES starts to accept it at the last moment', async () => {
    // Refused at 0, 4, 12, 20, 28, 36 and 44 s, accepted from 52 s on.
    answers = [...Array(7).fill(refused), accepted];
    expect(await verify()).toMatchObject({ result: 'verified', logins: 10 });
  });

  it.each([
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['ENOTFOUND', 'SES_REGION'],
    ['ETIMEDOUT', 'VPC'],
    ['ECONNREFUSED', 'SMTP_PORT'],
  ])('explains the network problem %s', async (code, remedy) => {
    answers = [{ result: 'unreachable', code, message: 'no way' }];
    expect(await verify()).toMatchObject({ result: 'failed', error: { code } });
    expect((record()['verification_failure'] as { message: string }).message).toContain(remedy);
  });

  it('fails when its password cannot be opened, without a login', async () => {
    const decrypt = () => Promise.reject(new SesameError('InvalidCiphertextException', 'retryable', 'closed for ever'));
    expect(await verify({ decryption: { decrypt } })).toMatchObject({
      result: 'unreadable',
      isNews: true,
      error: { code: 'PasswordUnreadable' },
    });
    // A rotation creates a new key without cutting off clients that have the old password.
    expect(record()).toMatchObject({
      status: 'active',
      access_key_id: accessKeyId,
      rotate_requested: true,
      verification_failure: { code: 'PasswordUnreadable' },
    });
    edit({ encrypted_password: undefined });
    expect(await verify()).toMatchObject({ result: 'failed', error: { code: 'PasswordMissing' } });
    expect(accounts).toEqual([]);
  });

  it('is not verified by logins that take too long', async () => {
    expect(await verify({ settings: { successes: 3, pauseMs: 2_000, limitMs: 3_000 } })).toMatchObject({
      result: 'failed',
      error: { code: 'LoginsTooSlow' },
    });
  });
});

describe('nothing is verified', () => {
  it.each([
    ['missing', undefined],
    ['not active', { status: 'disabled', access_key_id: accessKeyId }],
    ['another key', { status: 'active', access_key_id: 'AKIA0000000000000002' }],
    ['verified before', { status: 'active', access_key_id: accessKeyId, verified_at: '2026-01-01T00:00:00.000Z' }],
  ])('if the record is %s', async (reason, item) => {
    if (item === undefined) cloud.items.delete(username);
    else cloud.items.set(username, item);
    expect(await verify()).toMatchObject({ result: 'skipped', reason });
    expect(accounts).toEqual([]);
    expect(cloud.items.get(username)).toEqual(item);
  });

  it.each([
    ['rotated', { access_key_id: 'AKIA0000000000000002' }, accepted],
    ['rotated', { access_key_id: 'AKIA0000000000000002' }, refused],
    ['disabled', { status: 'disabled' }, refused],
  ])('if the record was %s in the meantime', async (_, change, answer) => {
    answers = [answer];
    duringLogin = () => edit(change);
    expect(await verify()).toMatchObject({ result: 'skipped', reason: 'changed meanwhile' });
    expect(record()).not.toHaveProperty('verified_at');
    expect(record()).not.toHaveProperty('verification_failure');
  });
});

it('throws when the table cannot be reached', async () => {
  cloud.fate = () => 'refused';
  await expect(verify()).rejects.toMatchObject({ code: 'ThrottlingException' });
});
