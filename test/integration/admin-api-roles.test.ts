import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeletePolicyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import { evaluateIamRequest } from '../../local/iam-evaluation/evaluate-iam-request.ts';
import { createSignedFetch, type SignedFetch } from '../../src/aws/sign-request.ts';
import { adminApiArn, adminApiPolicy } from '../support/admin-api-policy.ts';
import { functionCredentials } from '../support/function-credentials.ts';
import { localStack } from '../support/local-stack.ts';

const { description, clients } = localStack();
const { region, accountId, credentials, api } = description;
const apiArn = adminApiArn(description);

/** The policy of each caller, if it has one. */
const policies: Readonly<Record<string, object | undefined>> = {
  viewer: adminApiPolicy('viewer', apiArn),
  operator: adminApiPolicy('operator', apiArn),
  'secret-reader': adminApiPolicy('secret-reader', apiArn),
  nobody: undefined,
  'operator-of-another-deployment': adminApiPolicy('operator', apiArn.replace(/[^:]+$/, '0badc0de')),
};
const callers = Object.keys(policies);
const callerName = (caller: string) => `api-${caller}`;
const callerArn = (caller: string) => `arn:aws:iam::${accountId}:user/${callerName(caller)}`;
const keys = new Map<string, { accessKeyId: string; secretAccessKey: string }>();
const policyArns = new Map<string, string>();

beforeAll(async () => {
  for (const [caller, document] of Object.entries(policies)) {
    const UserName = callerName(caller);
    await clients.iam.send(new CreateUserCommand({ UserName }));
    const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
    keys.set(caller, {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    });
    if (document === undefined) continue;
    const PolicyDocument = JSON.stringify(document);
    const { Policy } = await clients.iam.send(new CreatePolicyCommand({ PolicyName: UserName, PolicyDocument }));
    const PolicyArn = Policy?.Arn ?? '';
    policyArns.set(caller, PolicyArn);
    await clients.iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  }
});

afterAll(async () => {
  for (const [caller, { accessKeyId: AccessKeyId }] of keys) {
    const UserName = callerName(caller);
    await clients.iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    const PolicyArn = policyArns.get(caller);
    if (PolicyArn !== undefined) {
      await clients.iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
      await clients.iam.send(new DeletePolicyCommand({ PolicyArn }));
    }
    await clients.iam.send(new DeleteUserCommand({ UserName }));
  }
});

function sendAs(caller: string): SignedFetch {
  const key = keys.get(caller);
  if (key === undefined) throw new Error(caller);
  return createSignedFetch({ region, credentials: key });
}

/** A call of the route, about a credential or message that doesn't exist. */
function callOf(key: string) {
  const [method = '', path = ''] = key.split(' ');
  return { method, path: path.replaceAll(/\{\w+\}/g, 'not-there') };
}

/** API Gateway's own refusal, which no function sees. */
async function isRefused(answer: Promise<Response>): Promise<boolean> {
  const response = await answer;
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${response.status} ${text}`);
  return response.status === 403 && text === '{"message":"Forbidden"}';
}

const cases = adminApiRoutes.flatMap(({ key, sets }) =>
  callers.map((caller) => ({ key, caller, expected: sets.includes(caller) ? 'allowed' : 'refused' })),
);

describe('route by role', () => {
  it('has every route and every caller', () => {
    expect(cases.length).toBe(adminApiRoutes.length * callers.length);
    expect(adminApiRoutes.length).toBeGreaterThan(20);
  });

  it.each(cases)('$key by $caller is $expected, as evaluated and as run', async ({ key, caller, expected }) => {
    const { method, path } = callOf(key);
    const document = policies[caller];
    const { allowed } = await evaluateIamRequest({
      principalArn: callerArn(caller),
      identityPolicies: document === undefined ? [] : [{ name: caller, document }],
      action: 'execute-api:Invoke',
      resource: `${apiArn}/$default/${method}${path}`,
      context: {},
    });
    const refused = await isRefused(sendAs(caller)(`${api.url}${path}`, { method }));
    expect({ evaluated: allowed, run: !refused }).toEqual({
      evaluated: expected === 'allowed',
      run: expected === 'allowed',
    });
  });

  it.each(adminApiRoutes.map(({ key }) => key))(
    '%s is refused without a signature, and with a wrong one',
    async (key) => {
      const { method, path } = callOf(key);
      const url = `${api.url}${path}`;
      const guessed = { ...credentials, secretAccessKey: 'guessed' };
      const wrongly = createSignedFetch({ region, credentials: guessed });
      const late = createSignedFetch({ region, credentials, now: () => Date.now() - 3_600_000 });
      const elsewhere = createSignedFetch({ region: 'eu-central-1', credentials });
      expect(await isRefused(fetch(url, { method }))).toBe(true);
      for (const send of [wrongly, late, elsewhere]) expect(await isRefused(send(url, { method }))).toBe(true);
    },
  );

  it('the functions themselves may call no route', async () => {
    for (const FunctionName of ['smtp-admin-api', 'smtp-password-reveal']) {
      const command = new GetFunctionConfigurationCommand({ FunctionName });
      const { FunctionArn = '', Role = '' } = await clients.lambda.send(command);
      const send = createSignedFetch({ region, credentials: functionCredentials(FunctionArn, Role) });
      expect(await isRefused(send(`${api.url}/v1/credentials`))).toBe(true);
    }
  });
});

describe('a credential by several hands', () => {
  const path = `${api.url}/v1/credentials/by-several-hands`;
  const as = (caller: string, method: string, url = path, body?: object) =>
    sendAs(caller)(url, {
      method,
      headers: { 'if-match': '*', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('is made by the operator, seen by the viewer, and its password read by the secret reader alone', async () => {
    const created = await as('operator', 'POST', `${api.url}/v1/credentials?wait=25`, {
      username: 'by-several-hands',
      allowed_from_addresses: ['jane@example.com'],
    });
    expect(await created.json()).toMatchObject({
      state: 'active',
      requested_by: callerArn('operator'),
    });
    const seen = await as('viewer', 'GET');
    expect(await seen.json()).toMatchObject({ username: 'by-several-hands', requested_by: callerArn('operator') });
    for (const caller of ['viewer', 'operator', 'nobody'])
      expect(await isRefused(as(caller, 'POST', `${path}/reveal`)), caller).toBe(true);
    const revealed = await as('secret-reader', 'POST', `${path}/reveal`);
    expect(revealed.headers.get('cache-control')).toBe('no-store');
    expect(await revealed.json()).toMatchObject({
      smtp_username: expect.stringMatching(/^AKIA/),
      smtp_password: expect.any(String),
      ports: { starttls: description.smtp.startTlsPort, tls: description.smtp.tlsPort },
    });
  });

  it('and removed by the operator', async () => {
    expect(await isRefused(as('secret-reader', 'DELETE'))).toBe(true);
    expect((await as('operator', 'DELETE', `${path}?wait=25`)).status).toBe(200);
  });
});

describe('the guide’s curl', () => {
  it('signs as API Gateway wants it', () => {
    const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'deploy.md'), 'utf8');
    const blocks = [...guide.matchAll(/```bash\n(.*?)```/gs)].map(([, text = '']) => text);
    const [definition = ''] =
      /^api\(\) \{.*?^\}$/ms.exec(blocks.find((text) => text.includes('--aws-sigv4')) ?? '') ?? [];
    // curl 7 escapes no "$" when it signs. An API Gateway on AWS has none in its path, so here the path goes without the stage.
    const url = api.url.replace('$default', 'v1');
    const script = `set -eu\nAPI='${url}'\n${definition}\napi '/credentials?limit=1'\napi /validate -X POST -H 'Content-Type: application/json' -d '{}'`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_REGION: region,
      },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\{"credentials":\[/);
    expect(stdout).toContain('"code":"InvalidBody"');
  });
});
