import { expect, it } from 'vitest';
import { createSignedFetch } from '../../src/aws/sign-request.ts';
import { localStack } from '../support/local-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const { description } = localStack();
const { region, credentials, api } = description;
const send = createSignedFetch({ region, credentials });

async function call(method: string, path: string, body?: object) {
  const answer = await send(`${api.url}/v1/credentials${path}`, {
    method,
    headers: { 'if-match': '*', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

/** The whole history: a page may be empty although there are more. */
async function readHistory(username: string) {
  const entries: Record<string, unknown>[] = [];
  let query = '';
  do {
    const { status, body } = await call('GET', `/${username}/history${query}`);
    expect(status).toBe(200);
    entries.push(...(body['entries'] as Record<string, unknown>[]));
    query = body['next_cursor'] === undefined ? '' : `?cursor=${body['next_cursor']}`;
  } while (query !== '');
  return entries;
}

it('tells a whole life, who asked, and from where, also after the end', async () => {
  const username = 'long.history';
  expect((await call('GET', `/${username}/history`)).body).toMatchObject({ status: 404, code: 'CredentialNotFound' });
  await call('POST', '?wait=25', { username, allowed_from_addresses: [`${username}@example.com`], owner: 'IT' });
  await call('POST', `/${username}/disable?wait=25`);
  await call('POST', `/${username}/enable?wait=25`);
  await call('POST', `/${username}/reveal`);
  await call('DELETE', `/${username}?wait=25`);
  await waitUntil(async () => (await readHistory(username)).some(({ event }) => event === 'deleted'));

  const entries = await readHistory(username);
  const events = entries.map(({ event }) => event).filter((event) => event !== 'verified');
  expect(events).toEqual(['activated', 'disabled', 'enabled', 'revealed', 'deleted']);
  for (const entry of entries) {
    expect(entry).toMatchObject({
      requested_by: expect.stringMatching(/^arn:aws:iam::/),
      requested_from: '127.0.0.1',
      correlation_id: expect.stringMatching(/./),
      owner: 'IT',
    });
  }
  expect(JSON.stringify(entries)).not.toContain('password');
});

it('refuses a cursor that was tampered with', async () => {
  const forged = Buffer.from(JSON.stringify([0, Date.now(), 'token'])).toString('base64url');
  expect((await call('GET', `/long.history/history?cursor=${forged}`)).body).toMatchObject({
    status: 400,
    code: 'InvalidCursor',
  });
});
