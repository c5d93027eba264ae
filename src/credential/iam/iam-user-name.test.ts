import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildIamUserName,
  buildIamUserTags,
  buildPolicyName,
  formerPolicies,
  isOwnIamUser,
  MAX_USERNAME_LENGTH,
  validateUsername,
} from './iam-user-name.ts';

const atMs = 1_767_225_600_000;

describe('validateUsername', () => {
  it.each(['a', 'john.doe', 'john.doe+x@example.com', 'A=b_c-d', 'a'.repeat(64), 'a'.repeat(128)])(
    'accepts %s',
    (name) => {
      expect(() => validateUsername(name)).not.toThrow();
    },
  );

  it.each<[string, RegExp]>([
    ['', /"" is empty/],
    ['a'.repeat(200), /200 characters, at most 128/],
    ['a/b', /the character "\/"/],
    ['a#b', /the character "#"/],
    ['.', /is a single dot/],
    ['..', /holds "\.\."/],
    ['a..b', /holds "\.\."/],
    ['john doe', /the character " "/],
    ['john\n', /the character "\\n"/],
    ['"john"', /the character "\\""/],
    ["o'hara", /the character "'"/],
    ['a,b', /the character ","/],
    ['😀', /the character "😀"/],
    ['jané', /the character "é"/],
    ['a*', /the character "\*"/],
    [`\${aws:username}`, /the character "\$"/],
  ])('refuses %j', (name, reason) => {
    expect(() => validateUsername(name)).toThrowError(
      expect.objectContaining({ code: 'InvalidUsername', kind: 'permanent', message: expect.stringMatching(reason) }),
    );
    expect(() => validateUsername(name)).toThrow(/^SK: .* insert the record again/);
  });
});

describe('buildIamUserName', () => {
  it('contains username and timestamp', () => {
    expect(buildIamUserName('john.doe', atMs)).toBe('ses-smtp-user-john.doe-1767225600000');
  });

  it('keeps 36 characters of username, cuts 37 and adds a digest', () => {
    expect(buildIamUserName('a'.repeat(36), atMs)).toBe(`ses-smtp-user-${'a'.repeat(36)}-1767225600000`);
    expect(buildIamUserName('a'.repeat(37), atMs)).toMatch(/^ses-smtp-user-a{27}\.[0-9a-f]{8}-1767225600000$/);
  });

  it('differs for long usernames with the same beginning', () => {
    expect(buildIamUserName(`${'a'.repeat(60)}1`, atMs)).not.toBe(buildIamUserName(`${'a'.repeat(60)}2`, atMs));
  });

  it.each([0, -1, 1.5, Number.NaN, 1_767_225_600, 1e21])('refuses %d as a time', (wrong) => {
    expect(() => buildIamUserName('john.doe', wrong)).toThrow(RangeError);
  });

  it('is a valid IAM user name for every valid username, and so are its tags', () => {
    const username = fc
      .stringMatching(/^[A-Za-z0-9+=.@_-]{1,128}$/)
      .filter((name) => name !== '.' && !name.includes('..'));
    fc.assert(
      fc.property(username, fc.integer({ min: 1e12, max: 1e13 - 1 }), (name, at) => {
        validateUsername(name);
        const iamUserName = buildIamUserName(name, at);
        expect(iamUserName).toMatch(/^[A-Za-z0-9+=,.@_-]{1,64}$/);
        expect(iamUserName.endsWith(`-${at}`)).toBe(true);
        for (const { Key, Value } of buildIamUserTags({
          username: name,
          region: 'eu-west-1',
          table: 'mail-table.v1',
        })) {
          expect(Key).toMatch(/^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u);
          expect(Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('isOwnIamUser', () => {
  const owner = { username: 'john.doe', region: 'eu-west-1', table: 'mail' };
  const tags = buildIamUserTags(owner);
  const isOwn = (found: Parameters<typeof isOwnIamUser>[0], { username, ...ownership }: typeof owner) =>
    isOwnIamUser(found, username, ownership);

  it('recognizes its own tags in any order, among others', () => {
    expect(isOwn([{ Key: 'team', Value: 'x' }, ...tags.toReversed()], owner)).toBe(true);
  });

  it.each([
    ['no tags', [], owner],
    ['another table', tags, { ...owner, table: 'mail2' }],
    ['the same table name in another Region', tags, { ...owner, region: 'us-east-1' }],
    ['another username', tags, { ...owner, username: 'john' }],
    ['one tag missing', tags.slice(1), owner],
    ['half a tag', [...tags.slice(1), { Key: tags[0]?.Key }], owner],
  ])('refuses %s', (_, found, asked) => {
    expect(isOwn(found, asked)).toBe(false);
  });
});

describe('buildPolicyName', () => {
  it('gives each deployment another name, because IAM policy names are unique regardless of the path', () => {
    const iamUserName = buildIamUserName('j'.repeat(MAX_USERNAME_LENGTH), 1_764_000_000_000);
    const deployments = [
      { region: 'eu-west-1', table: 'mail' },
      { region: 'us-east-1', table: 'mail' },
      { region: 'eu-west-1', table: 'mail-2' },
    ];
    const names = deployments.map((deployment) => buildPolicyName(iamUserName, deployment));
    expect(new Set([iamUserName, ...names]).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^ses-smtp-user-[A-Za-z0-9+=,.@_-]{1,114}$/);
  });

  it('finds where a moved user’s policy may still be', () => {
    const name = 'ses-smtp-user-jane-1764000000000';
    const before = { region: 'eu-west-1', table: 'before' };
    const ownership = { region: 'eu-west-1', table: 'mail', previousTableNames: ['before'] };
    expect(formerPolicies(name, ownership)).toEqual([
      `/ses-smtp/eu-west-1/before/${buildPolicyName(name, before)}`,
      `/ses-smtp/${name}`,
    ]);
    expect(formerPolicies(name, { ...ownership, previousTableNames: [], managesUsersOf01: false })).toEqual([]);
  });
});
