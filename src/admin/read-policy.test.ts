import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeUserPolicies } from '../../test/support/fake-user-policies.ts';
import { CONTAINMENT_POLICY, managedPolicyArn } from '../aws/iam/policy-names.ts';
import type { Item } from '../credential/credential-table.ts';
import { buildSendingPolicy } from '../credential/iam/sending-policy.ts';
import { readDesiredState } from '../credential/record/desired-state.ts';
import { readRecord } from '../credential/record/record.ts';
import { readPolicy } from './read-policy.ts';

const scope = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' };
const ownership = { region: 'eu-west-1', table: 'mail' };
const boundaryArn = 'arn:aws:iam::123456789012:policy/smtp-user-boundary';
const name = 'ses-smtp-user-jane-1764151200000';
const arn = `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${name}`;
const nowMs = Date.parse('2026-11-26T10:00:00.000Z');
const patterns = ['jane@example.com', '*@example.org'];
const other = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };

let item: Item | undefined;
let fake: ReturnType<typeof createFakeUserPolicies>;
let userOfKey: string | undefined;

const digestOf = (attributes: Item) =>
  readDesiredState(readRecord('jane', { status: 'pending', ...attributes }), scope).policyDigest;
const documentOf = (senders: readonly string[]) =>
  JSON.parse(buildSendingPolicy({ ...scope, patterns: senders }).document);
const active = (more: Item = {}): Item => ({
  status: 'active',
  access_key_id: 'AKIAEXAMPLE',
  iam_user_arn: arn,
  allowed_from_addresses: patterns,
  policy_digest: digestOf({ allowed_from_addresses: patterns }),
  ...more,
});

function read() {
  return readPolicy(
    { username: 'jane' },
    {
      credentials: { read: async () => item },
      userPolicies: fake.userPolicies,
      sendingFacts: { keys: { list: async () => undefined, findUserOfKey: async () => userOfKey } },
      scope,
      ownership,
      permissionsBoundaryArn: boundaryArn,
      now: () => nowMs,
    },
  );
}

const codesOf = async () => (await read()).findings.map(({ code }) => code);

beforeEach(() => {
  fake = createFakeUserPolicies(ownership);
  item = active();
  userOfKey = undefined;
});

function addUser(document: object = documentOf(patterns)) {
  const user = fake.addUser('jane', arn, boundaryArn);
  user.inline.set('sesame-sending', document);
  return user;
}

describe('a user with the policy that is wanted', () => {
  it('matches', async () => {
    addUser();
    expect(await read()).toMatchObject({
      matches: true,
      findings: [{ code: 'PolicySame', state: 'same' }],
      wanted: { form: 'inline', document: documentOf(patterns) },
      differences: [],
      user: {
        state: 'present',
        held: { inline: { value: [{ name: 'sesame-sending', kind: 'sending' }] }, attached: { value: [] } },
      },
    });
  });

  it('matches with a managed one', async () => {
    const long = Array.from({ length: 90 }, (_, index) => `${index}@a-domain-with-a-long-name.example.com`);
    item = active({ allowed_from_addresses: long, policy_digest: digestOf({ allowed_from_addresses: long }) });
    const user = fake.addUser('jane', arn, boundaryArn);
    const policyArn = managedPolicyArn(name, { ...scope, ownership });
    user.attached.set(policyArn.split('/').at(-1) ?? '', { arn: policyArn, version: 'v3', document: documentOf(long) });
    expect(await read()).toMatchObject({
      matches: true,
      user: { held: { attached: { value: [{ kind: 'sending', form: 'managed', version: 'v3' }] } } },
    });
    user.inline.set('sesame-sending', documentOf(patterns));
    expect(await codesOf()).toEqual(['PolicySame', 'SecondPolicy']);
  });
});

describe('a user with another policy', () => {
  it('was changed by hand', async () => {
    addUser(documentOf(['jane@example.com']));
    const { matches, findings, differences } = await read();
    expect(matches).toBe(false);
    expect(findings).toMatchObject([
      { code: 'PolicyChanged', message: expect.stringContaining('The next sweep restores it.') },
    ]);
    expect(differences).toMatchObject([
      { at: 'Condition.StringLike.ses:FromAddress', missing: ['*@example.org'], extra: [] },
    ]);
    item = active({ updated_at: new Date(nowMs - 1000).toISOString() });
    expect((await read()).findings[0]?.message).toContain('IAM may still show the state before a recent change');
  });

  it('lags behind the record', async () => {
    addUser(documentOf(['jane@example.com']));
    const before = digestOf({ allowed_from_addresses: ['jane@example.com'] });
    const messageOf = async (more: Item) => {
      item = active({ policy_digest: before, ...more });
      const { findings } = await read();
      expect(findings).toMatchObject([{ code: 'PolicyLagging' }]);
      return findings[0]?.message;
    };
    expect(await messageOf({ status: 'pending' })).toContain('within seconds');
    expect(await messageOf({ status: 'disabled' })).toContain('when the credential is enabled');
    expect(await messageOf({ status: 'failed', failure: { code: 'AccessDenied', message: 'No.' } })).toContain(
      'could not',
    );
  });

  it('was narrowed by Sesame, because receiving rules are missing', async () => {
    addUser(documentOf(['jane@example.com']));
    const policy_digest = digestOf({ allowed_from_addresses: ['jane@example.com'] });
    item = active({ policy_digest, narrowed_from: digestOf({ allowed_from_addresses: patterns }) });
    expect(await codesOf()).toEqual(['PolicyNarrowed']);
    fake.users.get(name)?.inline.set('sesame-sending', documentOf(['someone@example.net']));
    expect(await codesOf()).toEqual(['PolicyChanged']);
  });

  it('has none of Sesame', async () => {
    fake.addUser('jane', arn, boundaryArn);
    expect(await codesOf()).toEqual(['PolicyMissing']);
  });

  it('has those of others, and no boundary', async () => {
    const user = addUser();
    user.inline.set('by-hand', other);
    user.attached.set('ReadOnlyAccess', {
      arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      version: 'v9',
      document: other,
    });
    user.attached.set('AWSCompromisedKeyQuarantineV3', {
      arn: 'arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3',
      version: 'v1',
      document: other,
    });
    delete user.boundaryArn;
    expect(await codesOf()).toEqual(['PolicySame', 'ForeignPolicy', 'ForeignPolicy', 'Quarantined', 'ForeignBoundary']);
    expect(await read()).toMatchObject({
      matches: false,
      user: { held: { inline: { value: [{}, { name: 'by-hand', kind: 'foreign', document: { value: other } }] } } },
    });
  });

  it('has no policy to be compared with, where the record is not valid', async () => {
    addUser();
    item = active({ allowed_from_addresses: ['not an address'] });
    expect(await read()).toMatchObject({ matches: null, wanted: undefined, findings: [{ code: 'SpecInvalid' }] });
  });
});

describe('containment', () => {
  const contained = { status: 'disabled', contained: { at: '2026-11-26T09:00:00.000Z' } };

  it.each([
    ['Contained', contained, CONTAINMENT_POLICY],
    ['ContainmentLeftOver', {}, CONTAINMENT_POLICY],
    ['ContainmentMissing', contained, undefined],
    ['ContainmentChanged', contained, other],
  ])('is told as %s', async (code, more, document) => {
    const user = addUser();
    if (document !== undefined) user.inline.set('sesame-contained', document);
    item = active(more);
    expect(await codesOf()).toEqual(['PolicySame', code]);
    expect((await read()).matches).toBe(false);
  });
});

describe('a user that can not be compared', () => {
  it('is not there yet', async () => {
    item = { status: 'pending', allowed_from_addresses: patterns };
    expect(await read()).toMatchObject({ matches: false, user: { state: 'none' }, findings: [{ code: 'NoIamUser' }] });
    item = active({ iam_user_arn: arn.replace('-jane-', '-john-') });
    expect(await read()).toMatchObject({
      findings: [{ code: 'NoIamUser', message: expect.stringContaining('another') }],
    });
  });

  it('is gone', async () => {
    expect(await codesOf()).toEqual(['IamUserMissing']);
    userOfKey = name;
    expect(await codesOf()).toEqual(['IamUserMissing']);
  });

  it('was renamed', async () => {
    userOfKey = 'renamed-by-hand';
    const user = fake.addUser('jane', arn.replace(name, userOfKey), boundaryArn);
    user.inline.set('sesame-sending', documentOf(patterns));
    expect(await codesOf()).toEqual(['IamUserRenamed', 'PolicySame']);
  });

  it('belongs to another credential or deployment, and is not shown', async () => {
    addUser().tags = [];
    const foreign = { matches: false, user: { state: 'not-owned' }, findings: [{ code: 'IamUserNotOwned' }] };
    expect(await read()).toMatchObject(foreign);
    item = active({ iam_user_arn: arn.replace('/mail/', '/other/') });
    const { user, findings } = await read();
    expect({ user, findings }).toMatchObject({ user: { state: 'not-owned' }, findings: [{ code: 'IamUserNotOwned' }] });
    expect(findings[0]?.message).toContain('eu-west-1/other');
  });

  it.each([
    ['iam:GetUser', ['IamUserUnknown', 'PolicySame']],
    ['iam:ListUserPolicies', ['PoliciesUnknown']],
    ['iam:ListAttachedUserPolicies', ['PolicySame', 'PoliciesUnknown']],
    ['iam:GetUserPolicy', ['PolicyUnknown']],
  ])('is unknown without %s', async (right, codes) => {
    addUser();
    fake.denied.add(right);
    const { matches, findings } = await read();
    expect(matches).toBeNull();
    expect(findings.map(({ code }) => code)).toEqual(codes);
    expect(findings.find(({ state }) => state === 'unknown')?.message).toContain(`The right ${right} is missing`);
  });

  it('is shown without the documents that may not be read', async () => {
    const user = addUser();
    user.attached.set('ReadOnlyAccess', {
      arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      version: 'v9',
      document: other,
    });
    fake.denied.add('iam:GetPolicyVersion');
    expect(await read()).toMatchObject({
      findings: [{ code: 'PolicySame' }, { code: 'ForeignPolicy' }],
      user: { held: { attached: { value: [{ name: 'ReadOnlyAccess', document: { problem: expect.any(String) } }] } } },
    });
  });
});

it('needs a record', async () => {
  item = undefined;
  await expect(read()).rejects.toMatchObject({ code: 'CredentialNotFound' });
});
