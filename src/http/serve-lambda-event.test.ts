import { beforeEach, expect, it } from 'vitest';
import { createFakeApi } from '../../test/support/fake-api.ts';
import { type HttpEvent, serveLambdaEvent } from './serve-lambda-event.ts';

let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
  api.cloud.put('jane', { status: 'active', allowed_from_addresses: ['jane@example.com'] });
});

/** The event of a signed request, as API Gateway writes it: the path is decoded, except for `%25`. */
async function send(method: string, rawPath: string) {
  const { body, ...answer } = await serveLambdaEvent(api.app)({
    version: '2.0',
    routeKey: `${method} /v1/credentials/{username}`,
    rawPath,
    rawQueryString: '',
    headers: { 'if-match': '*' },
    isBase64Encoded: false,
    requestContext: {
      domainName: 'abc.execute-api.eu-west-1.amazonaws.com',
      http: { method, path: rawPath, sourceIp: '203.0.113.7' },
      requestId: 'request-1',
      authorizer: { iam: { userArn: 'arn:aws:iam::123456789012:user/jo' } },
    },
  } as unknown as HttpEvent);
  return { status: answer.statusCode, body: JSON.parse(body) };
}

it.each(['jane#old', 'jane?dry_run=true', 'jane ', 'jane\n', '\tjane', 'jane%2523'])(
  'takes the credential %j for no other',
  async (name) => {
    for (const method of ['GET', 'DELETE']) {
      expect(await send(method, `/v1/credentials/${name}`)).toMatchObject({
        status: 404,
        body: { code: 'CredentialNotFound', detail: expect.stringContaining(JSON.stringify(name.replace('%25', '%'))) },
      });
    }
    expect(api.cloud.items.has('jane')).toBe(true);
  },
);

it('finds names with every character that a name can have', async () => {
  for (const name of ['a@b', 'a+b', 'a=b', 'a.b_c-d']) {
    api.cloud.put(name, { status: 'disabled', allowed_from_addresses: ['jane@example.com'] });
    expect(await send('GET', `/v1/credentials/${name}`)).toMatchObject({ status: 200, body: { username: name } });
  }
});
