import {
  AttachUserPolicyCommand,
  CreatePolicyCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { localStack } from '../support/local-stack.ts';

/** The deployed function reads IAM with its own role; the caller only needs the route. */
const { description, clients } = localStack();
const { region, credentials, api } = description;
const { create, insert, read } = createCredentialAdministration(description, clients);
const send = createSignedFetch({ region, credentials });

async function policyOf(username: string) {
  const response = await send(`${api.url}/v1/credentials/${username}/policy`);
  expect(response.status).toBe(200);
  // biome-ignore lint/suspicious/noExplicitAny: the answer is what is tested.
  return (await response.json()) as any;
}

async function iamUserOf(username: string): Promise<string> {
  return (
    String((await read(username))?.['iam_user_arn'])
      .split('/')
      .at(-1) ?? ''
  );
}

const codesOf = (answer: { readonly findings: readonly { readonly code: string }[] }) =>
  answer.findings.map(({ code }) => code);
const other = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'ses:SendEmail', Resource: '*' }] };

it('compares what the record asks for with what IAM holds, and needs no more rights than the role has', async () => {
  const { iam } = clients;
  await create('policy.jane', ['jane@example.com', 'a%b@example.com']);
  const UserName = await iamUserOf('policy.jane');
  await iamPropagated();
  const equal = await policyOf('policy.jane');
  expect(equal).toMatchObject({ matches: true, differences: [], findings: [{ code: 'PolicySame' }] });
  expect(equal.held).toMatchObject({
    inline: [{ name: 'sesame-sending', kind: 'sending', document: equal.wanted.document }],
    attached: [],
    permissions_boundary: description.permissionsBoundaryArn,
  });

  // Narrowed by hand.
  const PolicyName = 'sesame-sending';
  const { PolicyDocument: before = '' } = await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }));
  const narrowed = JSON.parse(JSON.stringify(equal.wanted.document));
  narrowed.Statement[0].Condition.StringLike['ses:FromAddress'] = 'jane@example.com';
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: JSON.stringify(narrowed) }));
  await iamPropagated();
  expect(await policyOf('policy.jane')).toMatchObject({
    matches: false,
    findings: [{ code: 'PolicyChanged' }],
    differences: [{ at: 'Condition.StringLike.ses:FromAddress', missing: ['a%b@example.com'], extra: [] }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: decodeURIComponent(before) }));

  // Policies of others. The role may not read the document of one that isn't the deployment's.
  const PolicyDocument = JSON.stringify(other);
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'by-hand', PolicyDocument }));
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'policy-by-hand', PolicyDocument }));
  const PolicyArn = Policy?.Arn ?? '';
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  await iamPropagated();
  const foreign = await policyOf('policy.jane');
  expect(codesOf(foreign)).toEqual(['PolicySame', 'ForeignPolicy', 'ForeignPolicy']);
  expect(foreign.held.inline).toContainEqual({ name: 'by-hand', kind: 'foreign', form: 'inline', document: other });
  expect(foreign.held.attached).toMatchObject([
    { arn: PolicyArn, kind: 'foreign', document: null, problem: expect.stringContaining('The right iam:GetPolicy') },
  ]);
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'by-hand' }));
  await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
  await iam.send(new DeletePolicyCommand({ PolicyArn }));

  // Contained.
  const contained = await send(`${api.url}/v1/credentials/policy.jane/contain`, { method: 'POST' });
  expect(contained.status).toBeLessThan(300);
  await iamPropagated();
  expect(codesOf(await policyOf('policy.jane'))).toEqual(['PolicySame', 'Contained']);
}, 60_000);

it('reads a managed policy of the deployment', async () => {
  const patterns = Array.from({ length: 90 }, (_, index) => `policy.long.${index}@a-domain-with-a-name.example`);
  await create('policy.long', patterns);
  await iamPropagated();
  expect(await policyOf('policy.long')).toMatchObject({
    matches: true,
    wanted: { form: 'managed' },
    held: { inline: [], attached: [{ kind: 'sending', version: expect.stringMatching(/^v\d+$/) }] },
  });
}, 60_000);

it('says of a user that is gone that it may not be read', async () => {
  await create('policy.gone', ['jane@example.com']);
  const UserName = await iamUserOf('policy.gone');
  const { AccessKeyMetadata = [] } = await clients.iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata) {
    await clients.iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  }
  await clients.iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'sesame-sending' }));
  await clients.iam.send(new DeleteUserCommand({ UserName }));
  await iamPropagated();
  // The role may read users of its path only, and a user that isn't there has no path.
  const gone = await policyOf('policy.gone');
  expect(gone).toMatchObject({ matches: null, iam_user: { state: 'unknown' }, held: { inline: null, attached: null } });
  expect(codesOf(gone)).toEqual(['IamUserUnknown', 'PoliciesUnknown', 'PoliciesUnknown']);
  expect(gone.findings[0].message).toContain('if the user is gone');
}, 60_000);

it('says what is missing', async () => {
  await insert('policy.invalid', ['not an address']);
  expect(await policyOf('policy.invalid')).toMatchObject({ matches: false, wanted: null, held: null });
  const missing = await send(`${api.url}/v1/credentials/policy.nobody/policy`);
  expect(missing.status).toBe(404);
}, 60_000);
