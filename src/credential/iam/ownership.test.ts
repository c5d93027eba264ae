import { describe, expect, it, test } from 'vitest';
import { buildIamUserTags, isOwnIamUser } from './iam-user-name.ts';
import {
  buildIamPath,
  buildTableMark,
  formerPaths,
  isFormerArn,
  managedMarks,
  type Ownership,
  pathOfArn,
} from './ownership.ts';

const ireland: Ownership = { region: 'eu-west-1', table: 'mail' };
const marked = (mark: string, username = 'jane') => [
  { Key: 'sesame:table', Value: mark },
  { Key: 'sesame:username', Value: username },
  { Key: 'sesame:managed-by', Value: 'sesame' },
];

test('a deployment is marked by Region and table, in tags and path', () => {
  expect(buildTableMark(ireland)).toBe('eu-west-1/mail');
  expect(buildIamPath(ireland)).toBe('/ses-smtp/eu-west-1/mail/');
  expect(buildIamUserTags({ ...ireland, username: 'jane', userTags: { CostCenter: '42' } })).toEqual([
    ...marked('eu-west-1/mail'),
    { Key: 'CostCenter', Value: '42' },
  ]);
});

test('the longest names fit into IAM', () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html: paths of 512 characters, tags' values of 256.
  const longest = { region: 'ap-southeast-1', table: 't'.repeat(241) };
  expect(buildTableMark(longest)).toHaveLength(256);
  expect(buildIamPath(longest).length).toBeLessThanOrEqual(512);
});

describe('isOwnIamUser', () => {
  it.each<[string, Ownership, string[]]>([
    ['by default', ireland, ['eu-west-1/mail', 'mail']],
    ['without version 0.1', { ...ireland, managesUsersOf01: false }, ['eu-west-1/mail']],
    [
      'with a former name',
      { ...ireland, previousTableNames: ['before'] },
      ['eu-west-1/mail', 'eu-west-1/before', 'mail', 'before'],
    ],
    [
      'with a former name, without version 0.1',
      { ...ireland, previousTableNames: ['before'], managesUsersOf01: false },
      ['eu-west-1/mail', 'eu-west-1/before'],
    ],
  ])('takes these marks %s, and no other', (_, ownership, marks) => {
    expect(managedMarks(ownership)).toEqual(marks);
    const tried = [
      'eu-west-1/mail',
      'eu-west-1/before',
      'us-east-1/mail',
      'us-east-1/before',
      'mail',
      'before',
      'mail-2',
      '',
    ];
    const taken = tried.filter((mark) => isOwnIamUser(marked(mark), 'jane', ownership));
    expect(taken.sort()).toEqual([...marks].sort());
    expect(marks.filter((mark) => isOwnIamUser(marked(mark, 'john'), 'jane', ownership))).toEqual([]);
  });
});

test('former paths are those of former names and of version 0.1', () => {
  expect(formerPaths(ireland)).toEqual(['/ses-smtp/']);
  expect(formerPaths({ ...ireland, previousTableNames: ['before'] })).toEqual([
    '/ses-smtp/eu-west-1/before/',
    '/ses-smtp/',
  ]);
  expect(formerPaths({ ...ireland, managesUsersOf01: false })).toEqual([]);
});

it.each([
  ['arn:aws:iam::123456789012:user/ses-smtp/ses-smtp-user-jane-1764000000000', '/ses-smtp/', true],
  [
    'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000',
    '/ses-smtp/eu-west-1/mail/',
    false,
  ],
  [
    'arn:aws:iam::123456789012:user/ses-smtp/us-east-1/mail/ses-smtp-user-jane-1764000000000',
    '/ses-smtp/us-east-1/mail/',
    true,
  ],
  ['arn:aws:iam::123456789012:user/jane', '/', true],
])('%s has the path %s', (arn, path, isFormer) => {
  expect(pathOfArn(arn)).toBe(path);
  expect(isFormerArn(arn, ireland)).toBe(isFormer);
});

test('a record without a user has nothing to move', () => {
  expect(isFormerArn(undefined, ireland)).toBe(false);
});
