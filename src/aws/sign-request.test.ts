import { expect, it } from 'vitest';
import { createSignedFetch, type SigningSettings } from './sign-request.ts';

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);

function record(credentials: SigningSettings['credentials']) {
  const sent: Request[] = [];
  const send = (request: Request) => {
    sent.push(request);
    return Promise.resolve(new Response('{}'));
  };
  return { sent, fetch: createSignedFetch({ region: 'eu-west-1', credentials, send, now: () => atMs }) };
}

const signatureOf = (request: Request | undefined) =>
  /Signature=(\w+)$/.exec(request?.headers.get('authorization') ?? '')?.[1];

// The signatures are those of botocore's SigV4Auth for the same requests.
it('signs method, path, query, headers, body and session as AWS’s own tools do', async () => {
  const { sent, fetch } = record({ ...key, sessionToken: 'SESSION' });
  await fetch(
    'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/v1/credentials/a%20b/disable?wait=5&label=z:*&label=a%2Bb',
    {
      method: 'POST',
      body: '{"a":"é"}',
      headers: { 'content-type': 'application/json', 'if-match': '"x"' },
    },
  );
  const [request] = sent;
  expect(signatureOf(request)).toBe('8a53a6b9f9a1150b4017a8732e2881d58e141d5fd5ccd1884b474f353a44d3d4');
  expect(request?.headers.get('x-amz-security-token')).toBe('SESSION');
  expect(new URL(request?.url ?? '').search).toBe('?wait=5&label=z%3A%2A&label=a%2Bb');
  expect(await request?.text()).toBe('{"a":"é"}');
  expect(request?.redirect).toBe('error');
});

it('signs the path of a local stack as it is sent', async () => {
  const { sent, fetch } = record(() => Promise.resolve(key));
  await fetch('http://127.0.0.1:4566/restapis/a1b2c3d4/$default/_user_request_/v1/credentials');
  expect(signatureOf(sent[0])).toBe('279b8e53cf6b4eda3fa2f6c838aad0b0c4c0211fe0968be4e94b593d47f84c74');
  expect(new URL(sent[0]?.url ?? '').pathname).toBe('/restapis/a1b2c3d4/$default/_user_request_/v1/credentials');
});

it('asks for the key before each request', async () => {
  let asked = 0;
  const { sent, fetch } = record(() => Promise.resolve({ ...key, accessKeyId: `AKID${++asked}` }));
  await fetch('https://example.com/');
  await fetch(new Request('https://example.com/', { method: 'DELETE' }));
  expect(sent.map(({ headers }) => /Credential=(\w+)/.exec(headers.get('authorization') ?? '')?.[1])).toEqual([
    'AKID1',
    'AKID2',
  ]);
});
