import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListEventBusesCommand } from '@aws-sdk/client-eventbridge';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListEmailIdentitiesCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localSettings } from '../../../local/local-settings.ts';
import { type OwnEmulator, startOwnEmulator } from '../../support/own-emulator.ts';

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
type Settings = {
  endpoint: string;
  region: string;
  credentials: Credentials;
  maxAttempts: number;
  systemClockOffset?: number;
};

let emulator: OwnEmulator;
beforeAll(async () => {
  emulator = await startOwnEmulator();
});
afterAll(() => emulator?.stop());

const services: Record<string, (settings: Settings) => Promise<unknown>> = {
  dynamodb: (settings) => new DynamoDBClient(settings).send(new ListTablesCommand({})),
  events: (settings) => new EventBridgeClient(settings).send(new ListEventBusesCommand({})),
  iam: (settings) => new IAMClient(settings).send(new ListUsersCommand({})),
  kms: (settings) => new KMSClient(settings).send(new ListKeysCommand({})),
  lambda: (settings) => new LambdaClient(settings).send(new ListFunctionsCommand({})),
  ses: (settings) => new SESv2Client(settings).send(new ListEmailIdentitiesCommand({})),
  sns: (settings) => new SNSClient(settings).send(new ListTopicsCommand({})),
  sqs: (settings) => new SQSClient(settings).send(new ListQueuesCommand({})),
  ssm: (settings) => new SSMClient(settings).send(new GetParametersByPathCommand({ Path: '/' })),
};

function settingsWith(credentials: Credentials, more: Partial<Settings> = {}): Settings {
  return { endpoint: emulator.endpoint, region: localSettings.region, credentials, maxAttempts: 1, ...more };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

/** Sends what fetch() would refuse to: any Host and Origin. */
function send(path: string, headers: Record<string, string>, method = 'GET', body = ''): Promise<Answer> {
  const { port } = new URL(emulator.endpoint);
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

describe.each(Object.keys(services))('%s', (name) => {
  const call = (settings: Settings) => services[name]?.(settings) ?? Promise.reject(new Error(name));
  const refused = { name: expect.stringMatching(/^(?:InvalidClientTokenId|UnrecognizedClientException)/) };
  const badlySigned = { name: expect.stringMatching(/^(?:SignatureDoesNotMatch|InvalidSignatureException)/) };

  it('answers to the key of the root user', async () => {
    expect(await call(settingsWith(emulator.credentials))).toMatchObject({ $metadata: { httpStatusCode: 200 } });
  });

  it('refuses made-up keys', async () => {
    for (const accessKeyId of ['test', '000000000000', '123456789012', 'AKIAIOSFODNN7EXAMPLE', 'x']) {
      const settings = settingsWith({ accessKeyId, secretAccessKey: 'test' });
      await expect(call(settings), accessKeyId).rejects.toMatchObject(refused);
    }
  });

  it('refuses a wrong secret, of the root user and of an IAM user', async () => {
    const { accessKeyId } = emulator.credentials;
    await expect(call(settingsWith({ accessKeyId, secretAccessKey: 'test' }))).rejects.toMatchObject(badlySigned);
    const iam = emulator.iamClient();
    await iam.send(new CreateUserCommand({ UserName: `user-${name}` }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: `user-${name}` }));
    const stolen = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: 'guessed' };
    await expect(call(settingsWith(stolen))).rejects.toMatchObject(badlySigned);
  });

  it('refuses an old signature', async () => {
    const settings = settingsWith(emulator.credentials, { systemClockOffset: -3_600_000 });
    await expect(call(settings)).rejects.toThrow(/Signature expired/);
  });
});

describe('a web page', () => {
  const { region } = localSettings;
  const presigned = (key: string) =>
    `/?Action=ListUsers&Version=2010-05-08&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${key}%2F20260101%2F${region}%2Fiam%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;
  const host = () => new URL(emulator.endpoint).host;

  it.each([
    ['a simple request', () => ({ host: host(), origin: 'http://evil.example', 'content-type': 'text/plain' })],
    ['an image or a form', () => ({ host: host(), 'sec-fetch-site': 'cross-site' })],
    ['a page of another local port', () => ({ host: host(), 'sec-fetch-site': 'same-site' })],
    ['a sandboxed frame', () => ({ host: host(), origin: 'null' })],
    ['DNS rebinding', () => ({ host: `evil.example:${new URL(emulator.endpoint).port}` })],
    [
      'a name that only begins like ours',
      () => ({ host: `127.0.0.1.evil.example:${new URL(emulator.endpoint).port}` }),
    ],
  ])('is refused: %s', async (_name, headers) => {
    for (const key of [emulator.credentials.accessKeyId, 'test']) {
      for (const path of [presigned(key), '/_ministack/ready', '/2015-03-31/functions']) {
        const answer = await send(path, headers(), 'POST', '{}');
        expect(answer).toMatchObject({ status: 403 });
        expect(answer.headers['access-control-allow-origin']).toBeUndefined();
      }
    }
  });

  it('gets no answer to a preflight', async () => {
    const headers = { host: host(), origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const { status, headers: answered } = await send('/', headers, 'OPTIONS');
    expect(status).toBe(403);
    expect(Object.keys(answered).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it('and everybody else is refused without a signature, also on paths of the emulator itself', async () => {
    const paths = [
      '/',
      '/health',
      '/2015-03-31/functions',
      '/v2/email/identities',
      '/_ministack/ready',
      '/_ministack/reset',
      '/_ministack/health',
      '/_localstack/health',
      '/_sesame/access-keys/x',
      '/_aws/sqs/messages',
      '/000000000000/queue',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'POST']) {
        const answer = await send(path, { host: host() }, method, method === 'POST' ? 'Action=ListUsers' : '');
        expect([400, 403], `${method} ${path}: ${answer.text}`).toContain(answer.status);
      }
    }
    // And nothing was reset.
    expect(await services['iam']?.(settingsWith(emulator.credentials))).toMatchObject({ Users: expect.any(Array) });
  });

  it('can forge no presigned link', async () => {
    const { status, text } = await send(presigned(emulator.credentials.accessKeyId), { host: host() });
    expect(status).toBe(403);
    expect(text).toMatch(/RequestTimeTooSkewed|SignatureDoesNotMatch|expired/);
  });
});
