import { request } from 'node:http';
import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSignedFetch, type SignedFetch } from '../../../src/aws/sign-request.ts';
import { localStack } from '../../support/local-stack.ts';
import { createTestFunction, type TestFunction } from '../../support/test-function.ts';

const stack = localStack();
const { description, clients } = stack;
const { region, accountId, credentials, endpoint } = description;
const apiId = 'abad1dea';
const url = `${endpoint}/restapis/${apiId}/$default/_user_request_`;
const UserName = 'http-api-caller';
const stackFetch = createSignedFetch({ region, credentials });
const forbidden = { status: 403, text: '{"message":"Forbidden"}' };

/** Answers as the query says, or with the event that it got. */
const echo = `
  const { fail, answer } = event.queryStringParameters ?? {};
  if (fail) throw new Error('it fails');
  if (answer) return JSON.parse(answer);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };`;

let echoing: TestFunction;
let asUser: SignedFetch;
let AccessKeyId = '';

beforeAll(async () => {
  echoing = await createTestFunction(stack, 'http-api-echo', echo);
  const api = clients.apiGateway;
  await api.send(new CreateApiCommand({ Name: 'echo', ProtocolType: 'HTTP', Tags: { 'ms-custom-id': apiId } }));
  const { IntegrationId } = await api.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `arn:aws:lambda:${region}:${accountId}:function:${echoing.name}`,
      PayloadFormatVersion: '2.0',
    }),
  );
  for (const RouteKey of ['GET /v1/things', 'POST /v1/things', 'GET /v1/things/{name}']) {
    const Target = `integrations/${IntegrationId}`;
    await api.send(new CreateRouteCommand({ ApiId: apiId, RouteKey, AuthorizationType: 'AWS_IAM', Target }));
  }
  await api.send(new CreateStageCommand({ ApiId: apiId, StageName: '$default', AutoDeploy: true }));
  await clients.iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await clients.iam.send(new CreateAccessKeyCommand({ UserName }));
  AccessKeyId = AccessKey?.AccessKeyId ?? '';
  const key = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  asUser = createSignedFetch({ region, credentials: key });
  const Resource = `arn:aws:execute-api:${region}:${accountId}:${apiId}/$default/GET/v1/things/*`;
  await clients.iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource }],
      }),
    }),
  );
});

afterAll(async () => {
  await clients.apiGateway.send(new DeleteApiCommand({ ApiId: apiId }));
  await echoing?.remove();
  await clients.iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'read' }));
  await clients.iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await clients.iam.send(new DeleteUserCommand({ UserName }));
});

async function answerOf(answer: Promise<Response>) {
  const response = await answer;
  return { status: response.status, text: await response.text(), headers: response.headers };
}

async function eventOf(answer: Promise<Response>) {
  const { text, headers } = await answerOf(answer);
  return { event: JSON.parse(text), headers };
}

describe('the event that the function gets', () => {
  it('names caller, route, path, query and request', async () => {
    const { event, headers } = await eventOf(stackFetch(`${url}/v1/things/a%20b?x=1&x=2&y=%2B`));
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /v1/things/{name}',
      rawPath: '/v1/things/a b',
      rawQueryString: 'x=1&x=2&y=%2B',
      queryStringParameters: { x: '1,2', y: '+' },
      pathParameters: { name: 'a b' },
      isBase64Encoded: false,
      requestContext: {
        accountId,
        apiId,
        domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
        domainPrefix: apiId,
        http: { method: 'GET', path: '/v1/things/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
        requestId: headers.get('apigw-requestid'),
        routeKey: 'GET /v1/things/{name}',
        stage: '$default',
        timeEpoch: expect.any(Number),
        authorizer: {
          iam: { accessKey: credentials.accessKeyId, accountId, userArn: `arn:aws:iam::${accountId}:root` },
        },
      },
    });
    expect(event).not.toHaveProperty('body');
    expect(event).not.toHaveProperty('cookies');
  });

  it('names the user, not only the account', async () => {
    const { event } = await eventOf(asUser(`${url}/v1/things/a`));
    expect(event.requestContext.authorizer.iam).toMatchObject({
      accessKey: AccessKeyId,
      userArn: `arn:aws:iam::${accountId}:user/${UserName}`,
      userId: expect.stringMatching(/^AIDA/),
    });
  });

  it('has lower-case headers, several values joined, and cookies in a list', async () => {
    const headers = new Headers({ 'X-One': 'a', Cookie: 'c=1; d=2' });
    headers.append('X-One', 'b');
    const { event } = await eventOf(stackFetch(`${url}/v1/things`, { headers }));
    expect(event.headers).toMatchObject({ 'x-one': 'a, b' });
    expect(event.cookies).toEqual(['c=1', 'd=2']);
  });

  it('has a JSON body as text, and other bodies in Base64', async () => {
    const post = (type: string) =>
      eventOf(stackFetch(`${url}/v1/things`, { method: 'POST', body: '{"é":1}', headers: { 'content-type': type } }));
    expect((await post('application/json')).event).toMatchObject({ body: '{"é":1}', isBase64Encoded: false });
    const { event } = await post('application/merge-patch+json');
    expect(event.isBase64Encoded).toBe(true);
    expect(Buffer.from(event.body, 'base64').toString()).toBe('{"é":1}');
  });
});

describe('the answer', () => {
  const answered = (answer: unknown) =>
    answerOf(stackFetch(`${url}/v1/things?answer=${encodeURIComponent(JSON.stringify(answer))}`));

  it('is what the function returned, with cookies and binary bodies', async () => {
    const { status, text, headers } = await answered({
      statusCode: 418,
      headers: { 'x-a': 'b' },
      cookies: ['c=1', 'd=2'],
      body: Buffer.from('tea').toString('base64'),
      isBase64Encoded: true,
    });
    expect({ status, text, a: headers.get('x-a'), cookies: headers.getSetCookie() }).toEqual({
      status: 418,
      text: 'tea',
      a: 'b',
      cookies: ['c=1', 'd=2'],
    });
  });

  it('without a status is a success in JSON', async () => {
    expect(await answered({ message: 'fine' })).toMatchObject({ status: 200, text: '{"message": "fine"}' });
  });

  it('of a function that fails says nothing of it', async () => {
    const failed = await answerOf(stackFetch(`${url}/v1/things?fail=yes`));
    expect(failed).toMatchObject({ status: 500, text: '{"message":"Internal Server Error"}' });
  });

  it('to an unknown route is 404, whoever asks', async () => {
    const notFound = { status: 404, text: '{"message":"Not Found"}' };
    expect(await answerOf(stackFetch(`${url}/v1/other`))).toMatchObject(notFound);
    expect(await answerOf(asUser(`${url}/v1/things/a/b`))).toMatchObject(notFound);
    expect(await answerOf(stackFetch(`${url}/v1/things`, { method: 'DELETE' }))).toMatchObject(notFound);
  });

  it('to a body of more than 10 MB is 413', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024 + 1);
    expect(await answerOf(stackFetch(`${url}/v1/things`, { method: 'POST', body }))).toMatchObject({ status: 413 });
  });
});

describe('who may call', () => {
  it('nobody without a signature', async () => {
    expect(await answerOf(fetch(`${url}/v1/things`))).toMatchObject(forbidden);
    const headers = { authorization: 'Bearer token' };
    expect(await answerOf(fetch(`${url}/v1/things`, { headers }))).toMatchObject(forbidden);
  });

  it.each([
    ['a wrong secret', { credentials: { ...credentials, secretAccessKey: 'guessed' } }],
    ['an unknown key', { credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'guessed' } }],
    ['an old signature', { now: () => Date.now() - 3_600_000 }],
    ['another Region', { region: 'eu-west-1' }],
  ])('nobody with %s', async (_, changes) => {
    const send = createSignedFetch({ region, credentials, ...changes });
    expect(await answerOf(send(`${url}/v1/things`))).toMatchObject(forbidden);
  });

  it('nobody with another request’s signature', async () => {
    let signed = new Headers();
    const capture = (sent: Request) => {
      signed = sent.headers;
      return Promise.resolve(new Response());
    };
    await createSignedFetch({ region, credentials, send: capture })(`${url}/v1/things`);
    expect((await fetch(`${url}/v1/things`, { headers: signed })).status).toBe(200);
    expect(await answerOf(fetch(`${url}/v1/things/a`, { headers: signed }))).toMatchObject(forbidden);
    expect(await answerOf(fetch(`${url}/v1/things?x=1`, { headers: signed }))).toMatchObject(forbidden);
    expect(await answerOf(fetch(`${url}/v1/things`, { method: 'POST', headers: signed }))).toMatchObject(forbidden);
  });

  it('an IAM user the routes that its policies allow', async () => {
    expect((await asUser(`${url}/v1/things/a`)).status).toBe(200);
    expect(await answerOf(asUser(`${url}/v1/things`))).toMatchObject(forbidden);
    expect(await answerOf(asUser(`${url}/v1/things`, { method: 'POST' }))).toMatchObject(forbidden);
  });

  it('no web page, even with a right signature', async () => {
    const { hostname, port, pathname } = new URL(`${url}/v1/things`);
    const status = await new Promise((resolve, reject) => {
      const headers = { origin: 'http://evil.example', authorization: 'AWS4-HMAC-SHA256 Credential=x' };
      request({ hostname, port, path: pathname, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
