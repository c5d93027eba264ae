import { describe, expect, it } from 'vitest';
import { SesameError } from '../credential/errors.ts';
import type { AccessKey } from '../credential/iam/iam-users.ts';
import type { SimulatedDecision, SimulationRequest } from '../credential/iam/policy-simulator.ts';
import { matchesAddressPattern } from '../credential/patterns/address-pattern.ts';
import type {
  ConfigurationSet,
  EmailIdentity,
  SendingAccountState,
  SuppressionReason,
} from '../deliverability/sending-account.ts';
import { checkSending, type SendingCheck } from './check-sending.ts';
import type { SendingCheckRequest } from './sending-check-request.ts';

const nowMs = Date.parse('2026-03-01T12:00:00Z');
const userArn = 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000';
const prefix = 'arn:aws:ses:eu-west-1:123456789012';
const record = {
  status: 'active',
  iam_user_arn: userArn,
  access_key_id: 'AKIAEXAMPLE000000001',
  key_created_at: '2026-01-01T00:00:00Z',
  allowed_from_addresses: ['jane@example.com'],
};
const off = { ...record, status: 'disabled', disabled_at: '2026-02-01T00:00:00Z' };
const denied = (right: string) => () =>
  Promise.reject(new SesameError('AccessDenied', 'retryable', `${right} failed: AccessDenied.`));

interface World {
  item: Record<string, unknown> | undefined;
  keys: readonly AccessKey[] | undefined | SesameError;
  patterns: readonly string[];
  envelopes: readonly string[] | undefined;
  decide: ((request: SimulationRequest, arn: string) => Partial<SimulatedDecision> | undefined) | undefined;
  identities: readonly EmailIdentity[];
  sets: Readonly<Record<string, ConfigurationSet>>;
  account: Partial<SendingAccountState>;
  suppressed: Readonly<Record<string, SuppressionReason>>;
  userOfKey: string | undefined;
  refuses: string[];
}

const world = (changes: Partial<World> = {}): World => ({
  item: record,
  keys: [{ accessKeyId: record.access_key_id, status: 'Active' }],
  patterns: ['jane@example.com'],
  envelopes: undefined,
  decide: undefined,
  identities: [{ name: 'example.com', isVerified: true, configurationSet: 'mail-smtp' }],
  sets: { 'mail-smtp': { isSendingEnabled: true } },
  account: {},
  suppressed: {},
  userOfKey: undefined,
  refuses: [],
  ...changes,
});

/** Doubles of IAM and SES, which note each call and when it began. */
function depsOf(of: World) {
  const calls: string[] = [];
  let running = 0;
  let mostAtOnce = 0;
  const call = async <T>(right: string, answer: () => T): Promise<T> => {
    calls.push(right);
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    if (of.refuses.includes(right)) return denied(right)();
    return answer();
  };
  const decide = (request: SimulationRequest, arn: string): SimulatedDecision => {
    const text = (key: string) => request.context.find((entry) => entry.key === key)?.values[0] ?? '';
    const isMatch = (patterns: readonly string[], value: string) =>
      patterns.some((pattern) => matchesAddressPattern(pattern, value));
    const isAllowed =
      isMatch(of.patterns, text('ses:FromAddress')) &&
      (of.envelopes === undefined || isMatch(of.envelopes, text('ses:FeedbackAddress')));
    return {
      decision: isAllowed ? 'allowed' : 'implicitDeny',
      missingKeys: [],
      policies: [],
      ...of.decide?.(request, arn),
    };
  };
  const deps = {
    credentials: { read: async () => of.item },
    sendingFacts: {
      keys: {
        list: (name: string) =>
          call('iam:ListAccessKeys', () => {
            if (of.keys instanceof SesameError) throw of.keys;
            return of.userOfKey === undefined || name === of.userOfKey ? of.keys : undefined;
          }),
        findUserOfKey: () => call('iam:GetAccessKeyLastUsed', () => of.userOfKey),
      },
      simulator: {
        simulate: (request: SimulationRequest) =>
          call(
            'iam:SimulatePrincipalPolicy',
            () => new Map(request.resourceArns.map((arn) => [arn, decide(request, arn)])),
          ),
      },
      account: {
        readState: () =>
          call('ses:GetAccount', () => ({
            hasProductionAccess: true,
            isSendingEnabled: true,
            dailyQuota: 50_000,
            sentLast24Hours: 10,
            suppressedReasons: ['BOUNCE', 'COMPLAINT'] as const,
            ...of.account,
          })),
        findIdentity: (name: string) =>
          call('ses:GetEmailIdentity', () => of.identities.find((each) => each.name === name)),
        findConfigurationSet: (name: string) => call('ses:GetConfigurationSet', () => of.sets[name]),
        findSuppression: (address: string) => call('ses:GetSuppressedDestination', () => of.suppressed[address]),
      },
      scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'mail-smtp' },
      now: () => nowMs,
    },
  };
  return { deps, calls, mostAtOnce: () => mostAtOnce };
}

const mail: SendingCheckRequest = { username: 'jane', from: 'jane@example.com', to: ['kim@example.org'] };

const check = (changes: Partial<World> = {}, request: Partial<SendingCheckRequest> = {}): Promise<SendingCheck> =>
  checkSending({ ...mail, ...request }, depsOf(world(changes)).deps);

const reasonOf = ({ reasons }: SendingCheck, code: string) => reasons.find((reason) => reason.code === code);

const LOGIN = '535 Authentication Credentials Invalid';
const accessDenied = (resource: string) =>
  `554 Access denied: User \`${userArn}' is not authorized to perform \`ses:SendRawEmail' on resource \`${prefix}:${resource}'`;
const notVerified = (addresses: string) =>
  `554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: ${addresses}`;

describe('a mail that SES accepts', () => {
  it('has a reason for each thing that was checked, in the order of SES', async () => {
    const { accepted, reply, reasons } = await check();
    expect({ accepted, reply }).toEqual({ accepted: true, reply: '250 Ok' });
    expect(reasons.map(({ code, state }) => [code, state])).toEqual([
      ['RecordActive', 'ok'],
      ['KeyActive', 'ok'],
      ['ConfigurationSetEnabled', 'ok'],
      ['PolicyAllows', 'ok'],
      ['IdentityVerified', 'ok'],
      ['DailyQuotaLeft', 'ok'],
    ]);
  });

  it('takes seven calls, all at once', async () => {
    const { deps, calls, mostAtOnce } = depsOf(world());
    await checkSending(mail, deps);
    expect(calls.toSorted()).toEqual([
      'iam:ListAccessKeys',
      'iam:SimulatePrincipalPolicy',
      'ses:GetAccount',
      'ses:GetConfigurationSet',
      'ses:GetEmailIdentity',
      'ses:GetEmailIdentity',
      'ses:GetSuppressedDestination',
    ]);
    expect(mostAtOnce()).toBe(calls.length);
  });

  it('gives IAM the context that SES gives', async () => {
    const requests: SimulationRequest[] = [];
    const decide = (request: SimulationRequest) => {
      requests.push(request);
      return {};
    };
    await check({ decide }, { from: '"Jane, D." <jane@example.com>', sourceIp: '203.0.113.9' });
    expect(requests[0]).toMatchObject({ userArn, action: 'ses:SendRawEmail' });
    expect(requests[0]?.resourceArns).toEqual([
      `${prefix}:identity/jane@example.com`,
      `${prefix}:identity/example.com`,
      `${prefix}:configuration-set/mail-smtp`,
    ]);
    const context = Object.fromEntries((requests[0]?.context ?? []).map(({ key, values }) => [key, values]));
    expect(context).toMatchObject({
      'ses:FromAddress': ['jane@example.com'],
      'ses:FeedbackAddress': ['jane@example.com'],
      'ses:Recipients': ['kim@example.org'],
      'ses:FromDisplayName': ['Jane, D.'],
      'aws:SourceIp': ['203.0.113.9'],
      'aws:SecureTransport': ['true'],
      'aws:CurrentTime': ['2026-03-01T12:00:00.000Z'],
    });
  });

  it('may have a suppressed recipient, which is said', async () => {
    const suppressed = { 'kim@example.org': 'BOUNCE' } as const;
    const result = await check({ suppressed });
    expect(result).toMatchObject({ accepted: true, reply: '250 Ok' });
    expect(reasonOf(result, 'RecipientSuppressed')).toMatchObject({
      state: 'ok',
      message: expect.stringContaining('bounce'),
    });
    const unused = await check({ suppressed, account: { suppressedReasons: ['COMPLAINT'] } });
    expect(reasonOf(unused, 'RecipientSuppressed')).toBeUndefined();
    const sets = { 'mail-smtp': { isSendingEnabled: true, suppressedReasons: [] } };
    expect(reasonOf(await check({ suppressed, sets }), 'RecipientSuppressed')).toBeUndefined();
  });
});

describe('the credential', () => {
  it.each([
    ['disabled, its key Inactive', { item: off, keys: [{ accessKeyId: record.access_key_id, status: 'Inactive' }] }],
    ['disabled, its key unread', { item: off, refuses: ['iam:ListAccessKeys'] }],
    ['contained: active, its key Inactive', { keys: [{ accessKeyId: record.access_key_id, status: 'Inactive' }] }],
    ['active, its key gone', { keys: [] }],
    ['active, its user gone', { keys: undefined }],
    ['pending, without a key', { item: { status: 'pending' } }],
    ['failed, without a key', { item: { status: 'failed', failure: { code: 'X', message: 'It failed.' } } }],
    ['a copy of another record', { item: { ...record, iam_user_arn: userArn.replace('user-jane', 'user-kim') } }],
  ] satisfies [string, Partial<World>][])('is refused at login: %s', async (_name, changes) => {
    expect(await check(changes)).toMatchObject({ accepted: false, reply: LOGIN });
  });

  it.each([
    ['RecordDisabling', { ...record, status: 'disabled' }],
    ['RecordDisabled', off],
    ['RecordFailed', { ...record, status: 'failed', failure: { code: 'X', message: 'It failed.' } }],
    ['RecordPending', { ...record, status: 'pending' }],
  ])('works as long as its key is Active: %s', async (code, item) => {
    const result = await check({ item });
    expect(result.accepted).toBe(true);
    expect(reasonOf(result, code)?.state).toBe('ok');
  });

  it('is unknown while IAM may not show its new key', async () => {
    const result = await check({ item: { ...record, key_created_at: '2026-03-01T11:59:00Z' }, keys: [] });
    expect(result).toMatchObject({ accepted: null, reply: '' });
    expect(reasonOf(result, 'KeyNotVisible')?.state).toBe('unknown');
  });

  it('sends under the present name of an IAM user that was renamed', async () => {
    const { deps, calls } = depsOf(world({ userOfKey: 'renamed-by-hand' }));
    expect(await checkSending(mail, deps)).toMatchObject({ accepted: true });
    expect(calls.filter((name) => name === 'iam:SimulatePrincipalPolicy')).toHaveLength(2);
  });

  it('must exist', async () => {
    await expect(check({ item: undefined })).rejects.toMatchObject({ code: 'CredentialNotFound' });
  });
});

describe('the policy', () => {
  it('refuses other senders on the identity that SES would use', async () => {
    expect(await check({}, { from: 'kim@example.com' })).toMatchObject({
      accepted: false,
      reply: accessDenied('identity/example.com'),
    });
    const { reply, reasons } = await check({}, { from: 'Jane@example.com' });
    expect(reply).toBe(accessDenied('identity/example.com'));
    expect(reasons.find(({ code }) => code === 'PolicyDenies')?.message).toContain('Case counts');
    expect((await check({}, { from: 'kim@unverified.example' })).reply).toBe(
      accessDenied('identity/kim@unverified.example'),
    );
  });

  it('allows another case of the domain', async () => {
    const { deps, calls } = depsOf(world());
    expect(await checkSending({ ...mail, from: 'jane@Example.COM' }, deps)).toMatchObject({ accepted: true });
    expect(calls.filter((name) => name === 'iam:SimulatePrincipalPolicy')).toHaveLength(2);
  });

  it('must allow the envelope sender as well, unless it limits it', async () => {
    const envelope = 'bounces@example.com';
    expect(await check({}, { envelope })).toMatchObject({
      accepted: false,
      reply: accessDenied('identity/example.com'),
    });
    expect(await check({ envelopes: ['bounces@example.com'] }, { envelope })).toMatchObject({ accepted: true });
    expect(await check({ envelopes: ['bounces@example.com'] })).toMatchObject({ accepted: false });
    expect(await check({ patterns: ['*@example.com'] }, { envelope })).toMatchObject({ accepted: true });
  });

  it('is asked about the default configuration set of the identity', async () => {
    const decide = (_: SimulationRequest, arn: string) =>
      arn.endsWith('/theirs') ? ({ decision: 'explicitDeny', policies: ['scp'] } as const) : undefined;
    const identities = [{ name: 'example.com', isVerified: true, configurationSet: 'theirs' }];
    const sets = { theirs: { isSendingEnabled: true } };
    const result = await check({ decide, identities, sets });
    expect(result.reply).toBe(accessDenied('configuration-set/theirs'));
    expect(reasonOf(result, 'PolicyDenies')?.message).toContain('scp');
    expect((await check({ decide, identities: [{ name: 'example.com', isVerified: true }] })).accepted).toBe(true);
  });

  it('names the boundary and the organisation', async () => {
    const because = async (changes: Partial<SimulatedDecision>) =>
      reasonOf(await check({ decide: () => ({ decision: 'implicitDeny', ...changes }) }), 'PolicyDenies')?.message;
    expect(await because({ isAllowedByBoundary: false })).toContain('boundary');
    expect(await because({ isAllowedByOrganization: false })).toContain('organisation');
  });

  it('is unknown while it depends on something that was not given', async () => {
    const missingKeys = ['aws:SourceIp'];
    const denies = await check({ decide: () => ({ decision: 'implicitDeny', missingKeys }) });
    expect(denies.accepted).toBeNull();
    expect(reasonOf(denies, 'PolicyUnknown')?.message).toContain('Say from which IP address');
    expect((await check({ decide: () => ({ decision: 'allowed', missingKeys }) })).accepted).toBeNull();
    const absent = ['aws:MultiFactorAuthPresent', 'ses:FromDisplayName'];
    expect((await check({ decide: () => ({ missingKeys: absent }) })).accepted).toBe(true);
  });
});

describe('SES', () => {
  it('refuses senders that are not verified, the envelope first', async () => {
    const patterns = ['*'];
    const request = { from: 'a@one.example', envelope: 'b@two.example' };
    expect((await check({ patterns }, request)).reply).toBe(notVerified('b@two.example, a@one.example'));
    const identities = [{ name: 'jane@example.com', isVerified: false }];
    expect((await check({ identities })).reply).toBe(notVerified('jane@example.com'));
    const parent = [...identities, { name: 'example.com', isVerified: true }];
    expect((await check({ identities: parent })).accepted).toBe(true);
    expect((await check({ patterns, identities: parent }, { from: 'x@a.b.example.com' })).accepted).toBe(true);
  });

  it('refuses a default configuration set that is gone or paused', async () => {
    expect((await check({ sets: {} })).reply).toBe('554 Configuration set <mail-smtp> does not exist.');
    expect((await check({ sets: { 'mail-smtp': { isSendingEnabled: false } } })).accepted).toBe(false);
  });

  it('refuses unverified recipients in its sandbox', async () => {
    const account = { hasProductionAccess: false };
    expect((await check({ account })).reply).toBe(notVerified('kim@example.org'));
    expect((await check({ account }, { to: ['ann@example.com', 'bounce@simulator.amazonses.com'] })).accepted).toBe(
      true,
    );
  });

  it('refuses mail of a paused account, and above the daily quota', async () => {
    expect((await check({ account: { isSendingEnabled: false } })).reply).toMatch(/^554 .*Sending paused/);
    const to = ['a@example.org', 'b@example.org'];
    const account = { dailyQuota: 200, sentLast24Hours: 199 };
    expect((await check({ account }, { to })).reply).toBe('454 Throttling failure: Daily message quota exceeded');
    expect((await check({ account })).accepted).toBe(true);
    expect((await check({ account: { ...account, dailyQuota: undefined } }, { to })).accepted).toBe(true);
  });
});

describe('a call that fails', () => {
  it.each([
    'iam:ListAccessKeys',
    'iam:SimulatePrincipalPolicy',
    'ses:GetAccount',
    'ses:GetConfigurationSet',
    'ses:GetEmailIdentity',
  ])('makes the verdict unknown, and names the right: %s', async (right) => {
    const result = await check({ refuses: [right] });
    expect(result).toMatchObject({ accepted: null, reply: '' });
    const messages = result.reasons.filter(({ state }) => state === 'unknown').map(({ message }) => message);
    expect(messages.join()).toContain(`The right ${right} is missing.`);
  });

  it('changes no refusal', async () => {
    const refuses = ['ses:GetAccount', 'ses:GetEmailIdentity'];
    expect(await check({ refuses, keys: [] })).toMatchObject({ accepted: false, reply: LOGIN });
    expect(await check({ refuses, patterns: [] })).toMatchObject({ accepted: false });
  });

  it('is not needed for the suppression list', async () => {
    const result = await check({ refuses: ['ses:GetSuppressedDestination'] });
    expect(result.accepted).toBe(true);
    expect(reasonOf(result, 'SuppressionUnknown')?.state).toBe('unknown');
  });

  it('is said when it got no answer', async () => {
    const keys = new SesameError('AbortError', 'retryable', 'iam:ListAccessKeys failed: AbortError.');
    const result = await check({ keys });
    expect(reasonOf(result, 'KeyUnknown')?.message).toContain('gave no answer');
  });
});

describe('a request', () => {
  it.each([
    ['from', { from: '' }],
    ['from', { from: 'jane' }],
    ['from', { from: 'jane@example.com\r\nBcc: all@example.org' }],
    ['from', { from: 'a@example.com, b@example.com' }],
    ['from', { from: `a@${'x.'.repeat(12)}example.com` }],
    ['envelope', { envelope: 'ja ne@example.com' }],
    ['envelope', { envelope: 'jäne@example.com' }],
    ['to', { to: [] }],
    ['to', { to: ['kim@example.org', 'kim'] }],
    ['to', { to: ['kim@example.org\n'] }],
    ['to', { to: Array.from({ length: 51 }, (_, index) => `a${index}@example.org`) }],
    ['to', { to: 'kim@example.org' as unknown as string[] }],
    ['sourceIp', { sourceIp: '203.0.113.0/24' }],
  ] satisfies [string, Partial<SendingCheckRequest>][])('is refused by its field %s: %j', async (field, request) => {
    const { deps, calls } = depsOf(world());
    await expect(checkSending({ ...mail, ...request }, deps)).rejects.toMatchObject({
      code: 'InvalidCheck',
      kind: 'permanent',
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    });
    expect(calls).toEqual([]);
  });

  it('may have domains with letters beyond ASCII', async () => {
    const identities = [{ name: 'xn--mnchen-3ya.example', isVerified: true }];
    const patterns = ['jane@xn--mnchen-3ya.example'];
    expect((await check({ identities, patterns }, { from: 'jane@münchen.example' })).accepted).toBe(true);
  });
});
