import {
  AddUserToGroupCommand,
  AttachUserPolicyCommand,
  type ContextEntry,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  type IAMClient,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  paginateSimulatePrincipalPolicy,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

let emulator: OwnEmulator;
let iam: IAMClient;
let users = 0;

beforeAll(async () => {
  emulator = await startOwnEmulator();
  iam = emulator.iamClient();
});
afterAll(() => emulator?.stop());

interface Statement {
  readonly Effect?: 'Allow' | 'Deny';
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: object;
}

const mail = 'ses:SendRawEmail';
const documentOf = (...statements: Statement[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((each) => ({ Effect: 'Allow', Action: mail, Resource: '*', ...each })),
  });

async function createUser(policies: Record<string, string>, boundary?: string): Promise<{ name: string; arn: string }> {
  users += 1;
  const UserName = `user-${users}`;
  const { User } = await iam.send(
    new CreateUserCommand({ UserName, Path: '/ses-smtp/here/', PermissionsBoundary: boundary }),
  );
  for (const [PolicyName, PolicyDocument] of Object.entries(policies)) {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
  }
  return { name: UserName, arn: User?.Arn ?? '' };
}

async function createPolicy(PolicyName: string, PolicyDocument: string): Promise<string> {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Path: '/far/' }));
  return Policy?.Arn ?? '';
}

const entry = (
  ContextKeyName: string,
  ContextKeyType: ContextEntry['ContextKeyType'],
  ...ContextKeyValues: string[]
) => ({
  ContextKeyName,
  ContextKeyType,
  ContextKeyValues,
});

async function simulate(PolicySourceArn: string, more: Partial<SimulatePrincipalPolicyCommandInput> = {}) {
  const command = new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: [mail], ...more });
  return (await iam.send(command)).EvaluationResults ?? [];
}

async function decide(Condition: object, ...ContextEntries: ContextEntry[]): Promise<string | undefined> {
  const { arn } = await createUser({ p: documentOf({ Condition }) });
  return (await simulate(arn, { ContextEntries }))[0]?.EvalDecision;
}

describe('a decision', () => {
  it('is made for each action on each resource', async () => {
    const { arn } = await createUser({
      p: documentOf(
        { Action: 's3:*', Resource: 'arn:aws:s3:::mine/*' },
        { Effect: 'Deny', Action: 's3:PutObject', Resource: '*' },
      ),
    });
    const results = await simulate(arn, {
      ActionNames: ['s3:GetObject', 's3:PutObject'],
      ResourceArns: ['arn:aws:s3:::mine/1', 'arn:aws:s3:::others/1'],
    });
    expect(
      results.map(({ EvalActionName, EvalResourceName, EvalDecision }) => [
        EvalActionName,
        EvalResourceName,
        EvalDecision,
      ]),
    ).toEqual([
      ['s3:GetObject', 'arn:aws:s3:::mine/1', 'allowed'],
      ['s3:GetObject', 'arn:aws:s3:::others/1', 'implicitDeny'],
      ['s3:PutObject', 'arn:aws:s3:::mine/1', 'explicitDeny'],
      ['s3:PutObject', 'arn:aws:s3:::others/1', 'explicitDeny'],
    ]);
  });

  it('names the policies that made it: inline, managed, and of groups', async () => {
    const { name, arn } = await createUser({ inline: documentOf({}) });
    const PolicyArn = await createPolicy('managed', documentOf({}));
    await iam.send(new AttachUserPolicyCommand({ UserName: name, PolicyArn }));
    await iam.send(new CreateGroupCommand({ GroupName: 'team' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'team', UserName: name }));
    const put = (Effect: 'Allow' | 'Deny') =>
      iam.send(
        new PutGroupPolicyCommand({ GroupName: 'team', PolicyName: 'all', PolicyDocument: documentOf({ Effect }) }),
      );
    const matched = async () => {
      const [result] = await simulate(arn);
      const names = result?.MatchedStatements?.map(({ SourcePolicyId }) => SourcePolicyId).sort();
      return [result?.EvalDecision, names];
    };
    await put('Allow');
    expect(await matched()).toEqual(['allowed', ['group_team_all', 'managed', `user_${name}_inline`].sort()]);
    await put('Deny');
    expect(await matched()).toEqual(['explicitDeny', ['group_team_all']]);
    const group = await simulate(arn.replace(/:user\/.*/, ':group/team'));
    expect(group[0]?.EvalDecision).toBe('explicitDeny');
  });

  it('needs the boundary as well', async () => {
    const boundary = await createPolicy('boundary', documentOf({ Resource: 'arn:aws:ses:*:*:identity/*' }));
    const { arn } = await createUser({ p: documentOf({}) }, boundary);
    const ResourceArns = ['identity/example.com', 'configuration-set/smtp'].map(
      (name) => `arn:aws:ses:us-east-1:000000000000:${name}`,
    );
    const details = (await simulate(arn, { ResourceArns })).map((result) => [
      result.EvalDecision,
      result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
      result.OrganizationsDecisionDetail?.AllowedByOrganizations,
    ]);
    expect(details).toEqual([
      ['allowed', true, true],
      ['implicitDeny', false, true],
    ]);
    const { arn: unlimited } = await createUser({ p: documentOf({}) });
    expect((await simulate(unlimited))[0]?.PermissionsBoundaryDecisionDetail).toBeUndefined();
    const given = { PermissionsBoundaryPolicyInputList: [documentOf({ Action: 's3:*' })] };
    expect((await simulate(unlimited, given))[0]?.EvalDecision).toBe('implicitDeny');
  });

  it('considers policies of the request', async () => {
    const { arn } = await createUser({});
    expect((await simulate(arn))[0]?.EvalDecision).toBe('implicitDeny');
    const [result] = await simulate(arn, { PolicyInputList: [documentOf({})] });
    expect(result?.EvalDecision).toBe('allowed');
    expect(result?.MatchedStatements?.[0]?.SourcePolicyId).toBe('PolicyInputList.1');
  });
});

describe('the context', () => {
  const from = (...values: string[]) => entry('ses:FromAddress', 'string', ...values);
  const to = (...values: string[]) => entry('ses:Recipients', 'stringList', ...values);
  const ip = (value: string) => entry('aws:SourceIp', 'ip', value);

  it.each<[string | undefined, object, ContextEntry[]]>([
    ['allowed', { StringLike: { 'ses:FromAddress': '*@example.com' } }, [from('jane@example.com')]],
    ['implicitDeny', { StringLike: { 'ses:FromAddress': '*@example.com' } }, [from('jane@Example.com')]],
    ['implicitDeny', { StringLike: { 'ses:FromAddress': '*@example.com' } }, []],
    ['allowed', { StringLikeIfExists: { 'ses:FeedbackAddress': 'a@example.com' } }, []],
    ['implicitDeny', { StringLikeIfExists: { 'ses:FromAddress': 'a@example.com' } }, [from('b@example.com')]],
    ['allowed', { 'ForAllValues:StringLike': { 'ses:Recipients': '*@a' } }, [to('x@a', 'y@a')]],
    ['implicitDeny', { 'ForAllValues:StringLike': { 'ses:Recipients': '*@a' } }, [to('x@a', 'y@b')]],
    ['allowed', { 'ForAllValues:StringLike': { 'ses:Recipients': '*@a' } }, []],
    ['implicitDeny', { Null: { 'ses:Recipients': 'false' } }, []],
    ['allowed', { Null: { 'ses:Recipients': 'false' } }, [to('x@a')]],
    ['allowed', { 'ForAnyValue:StringEquals': { 'ses:Recipients': 'x@a' } }, [to('y@b', 'x@a')]],
    ['implicitDeny', { 'ForAnyValue:StringEquals': { 'ses:Recipients': 'x@a' } }, [to('y@b')]],
    ['implicitDeny', { 'ForAnyValue:StringEquals': { 'ses:Recipients': 'x@a' } }, []],
    ['allowed', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '203.0.113.9'] } }, [ip('203.0.113.9')]],
    ['implicitDeny', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, [ip('203.0.113.9')]],
    ['implicitDeny', { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }, []],
    ['allowed', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, [ip('2001:db8::1')]],
    ['allowed', { Bool: { 'aws:SecureTransport': 'true' } }, [entry('aws:SecureTransport', 'boolean', 'true')]],
    ['implicitDeny', { Bool: { 'aws:SecureTransport': 'true' } }, [entry('aws:SecureTransport', 'boolean', 'false')]],
    ['implicitDeny', { Bool: { 'aws:SecureTransport': 'false' } }, []],
    [
      'allowed',
      { NumericLessThan: { 'aws:MultiFactorAuthAge': '10' } },
      [entry('aws:MultiFactorAuthAge', 'numeric', '9')],
    ],
    [
      'implicitDeny',
      { NumericLessThan: { 'aws:MultiFactorAuthAge': '10' } },
      [entry('aws:MultiFactorAuthAge', 'numeric', '10')],
    ],
    [
      'allowed',
      { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } },
      [entry('aws:CurrentTime', 'date', '2019-12-31T23:59:59Z')],
    ],
    ['implicitDeny', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, []],
    ['allowed', { StringEquals: { 'AWS:username': 'someone' } }, [entry('aws:UserName', 'string', 'someone')]],
  ])('%s: %j with %j', async (decision, condition, entries) => {
    expect(await decide(condition, ...entries)).toBe(decision);
  });

  it('that is missing is named, for statements about the action and the resource', async () => {
    const { arn } = await createUser({
      p: documentOf(
        { Condition: { StringLike: { 'ses:FromAddress': '*' }, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } },
        { Action: 's3:*', Condition: { StringLike: { 's3:prefix': '*' } } },
        { Effect: 'Deny', Condition: { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } } },
      ),
    });
    const missing = async (...ContextEntries: ContextEntry[]) =>
      (await simulate(arn, { ContextEntries }))[0]?.MissingContextValues;
    expect(await missing()).toEqual(['ses:FromAddress', 'aws:SourceIp']);
    expect(await missing(from('a@example.com'))).toEqual(['aws:SourceIp']);
    expect(await missing(from('a@example.com'), ip('192.0.2.1'))).toEqual([]);
  });
});

describe('an answer', () => {
  it('comes in pages', async () => {
    const { arn } = await createUser({ p: documentOf({}) });
    const ResourceArns = Array.from(
      { length: 7 },
      (_, index) => `arn:aws:ses:us-east-1:000000000000:identity/${index}`,
    );
    const sizes: number[] = [];
    const seen: (string | undefined)[] = [];
    const input = { PolicySourceArn: arn, ActionNames: [mail], ResourceArns };
    for await (const { EvaluationResults = [] } of paginateSimulatePrincipalPolicy(
      { client: iam, pageSize: 3 },
      input,
    )) {
      sizes.push(EvaluationResults.length);
      seen.push(...EvaluationResults.map(({ EvalResourceName }) => EvalResourceName));
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(seen).toEqual(ResourceArns);
  });

  it.each<[string, Partial<SimulatePrincipalPolicyCommandInput>, string]>([
    [
      'a user that does not exist',
      { PolicySourceArn: 'arn:aws:iam::000000000000:user/nobody' },
      'NoSuchEntityException',
    ],
    ['a user without its path', { PolicySourceArn: 'arn:aws:iam::000000000000:user/user-1' }, 'NoSuchEntityException'],
    [
      'a principal of another kind',
      { PolicySourceArn: 'arn:aws:sts::000000000000:assumed-role/a/b' },
      'InvalidInputException',
    ],
    ['text as principal', { PolicySourceArn: 'nobody <&>' }, 'InvalidInputException'],
    ['no action', { ActionNames: [] }, 'ValidationError'],
    ['an action without its service', { ActionNames: ['SendRawEmail'] }, 'InvalidInputException'],
    ['a value of another type', { ContextEntries: [entry('aws:SourceIp', 'ip', 'here')] }, 'InvalidInputException'],
    ['an unknown type', { ContextEntries: [entry('a:b', 'text' as 'string', 'x')] }, 'ValidationError'],
    ['a broken policy', { PolicyInputList: ['{'] }, 'InvalidInputException'],
    ['a page of no items', { MaxItems: 0 }, 'ValidationError'],
    ['a made-up marker', { Marker: 'x' }, 'ValidationError'],
  ])('is an error for %s', async (_name, input, name) => {
    const { arn } = await createUser({});
    await expect(simulate(arn, input)).rejects.toMatchObject({ name });
  });

  it('is for callers who may simulate this user', async () => {
    const [mine, other] = [await createUser({}), await createUser({})];
    const caller = await createUser({ p: documentOf({ Action: 'iam:SimulatePrincipalPolicy', Resource: mine.arn }) });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: caller.name }));
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
    const client = emulator.iamClient({ accessKeyId, secretAccessKey });
    const ask = (PolicySourceArn: string) =>
      client.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: [mail] }));
    expect((await ask(mine.arn)).EvaluationResults).toHaveLength(1);
    await expect(ask(other.arn)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
