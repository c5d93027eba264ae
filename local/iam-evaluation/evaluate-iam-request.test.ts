import { describe, expect, it } from 'vitest';
import { evaluateIamRequest, type IamRequest } from './evaluate-iam-request.ts';

const statement = (overrides: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'ses:SendRawEmail', Resource: '*', ...overrides }],
});

const request: IamRequest = {
  principalArn: 'arn:aws:iam::123456789012:user/ses-smtp/john',
  identityPolicies: [
    { name: 'send', document: statement({ Condition: { StringLike: { 'ses:FromAddress': ['*@example.com'] } } }) },
  ],
  action: 'ses:SendRawEmail',
  resource: 'arn:aws:ses:eu-west-1:123456789012:identity/example.com',
  context: { 'ses:FromAddress': 'john@example.com', 'ses:Recipients': ['a@example.org', 'b@example.org'] },
};

describe('evaluateIamRequest', () => {
  it('allows what a policy allows', async () => {
    expect(await evaluateIamRequest(request)).toMatchObject({ allowed: true });
  });

  it('compares addresses case-sensitively', async () => {
    const decision = await evaluateIamRequest({ ...request, context: { 'ses:FromAddress': 'john@EXAMPLE.com' } });
    expect(decision.allowed).toBe(false);
    expect(decision.explanation).toContain('ImplicitlyDenied ses:SendRawEmail');
  });

  it('denies without any policy', async () => {
    expect(await evaluateIamRequest({ ...request, identityPolicies: [] })).toMatchObject({ allowed: false });
  });

  it('requires the boundary to allow the request too', async () => {
    const boundary = (resource: string) => ({ name: 'boundary', document: statement({ Resource: resource }) });
    const within = boundary('arn:aws:ses:eu-west-1:123456789012:identity/*');
    const outside = boundary('arn:aws:ses:us-east-1:123456789012:identity/*');
    expect(await evaluateIamRequest({ ...request, permissionsBoundary: within })).toMatchObject({ allowed: true });
    expect(await evaluateIamRequest({ ...request, permissionsBoundary: outside })).toMatchObject({ allowed: false });
  });

  it('tests every value of a multi-valued key', async () => {
    const policies = [
      {
        name: 'recipients',
        document: statement({ Condition: { 'ForAllValues:StringLike': { 'ses:Recipients': ['*@example.org'] } } }),
      },
    ];
    const to = (...recipients: string[]) =>
      evaluateIamRequest({ ...request, identityPolicies: policies, context: { 'ses:Recipients': recipients } });
    expect(await to('a@example.org', 'b@example.org')).toMatchObject({ allowed: true });
    expect(await to('a@example.org', 'b@example.net')).toMatchObject({ allowed: false });
  });

  it('lets an explicit deny win, and accepts documents as text', async () => {
    const deny = { name: 'deny', document: JSON.stringify(statement({ Effect: 'Deny' })) };
    const decision = await evaluateIamRequest({ ...request, identityPolicies: [...request.identityPolicies, deny] });
    expect(decision).toMatchObject({ allowed: false });
    expect(decision.explanation).toContain('ExplicitlyDenied');
  });

  it('throws on an invalid policy', async () => {
    const broken = { name: 'broken', document: { Version: '2012-10-17', Statement: [{ Effect: 'Perhaps' }] } };
    await expect(evaluateIamRequest({ ...request, identityPolicies: [broken] })).rejects.toThrow(/can't evaluate/);
  });
});
