import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import type { SignedFetch } from '../../src/aws/sign-request.ts';

/** What one route answered to an ordinary and to a strange request. */
export interface RouteAnswers {
  readonly key: string;
  readonly statuses: readonly number[];
  readonly text: string;
}

/** Ordinary bodies and queries, by route. A route that needs neither has an empty entry, so that none is forgotten. */
const requests: Readonly<Record<string, { readonly body?: object; readonly query?: string }>> = {
  'GET /v1/credentials': { query: '?q=leak&limit=2' },
  'POST /v1/credentials': { body: { username: 'leak.made', allowed_from_addresses: ['leak.made@example.com'] } },
  'POST /v1/validate': { body: { username: 'leak.made', allowed_from_addresses: ['no address'] } },
  'GET /v1/credentials/{username}': {},
  'PATCH /v1/credentials/{username}': { body: { owner: 'IT' } },
  'DELETE /v1/credentials/{username}': {},
  'POST /v1/credentials/{username}/disable': {},
  'POST /v1/credentials/{username}/enable': {},
  'POST /v1/credentials/{username}/rotate': {},
  'POST /v1/credentials/{username}/verify': {},
  'POST /v1/credentials/{username}/contain': { body: { reason: 'a test' } },
  'GET /v1/credentials/{username}/statistics': {},
  'GET /v1/credentials/{username}/violations': {},
  'GET /v1/credentials/{username}/policy': {},
  'GET /v1/messages': { query: '?credential=leak.api' },
  'GET /v1/suppressions/{address}': {},
  'DELETE /v1/suppressions/{address}': {},
  'GET /v1/credentials/{username}/history': { query: '?since=2026-01-01T00:00:00Z' },
  'POST /v1/credentials/{username}/check': { body: { from: 'leak.api@example.com', to: ['jane@example.org'] } },
  'GET /v1/findings': {},
  'GET /v1/dead-letters': {},
  'GET /v1/dead-letters/{id}': {},
  'POST /v1/dead-letters/{id}/redrive': {},
  'DELETE /v1/dead-letters/{id}': {},
  'GET /v1/parked-messages': {},
  'GET /v1/parked-messages/{id}': {},
  'POST /v1/parked-messages/{id}/redrive': {},
  'DELETE /v1/parked-messages/{id}': {},
  'GET /v1/deployment': {},
  'GET /v1/health': {},
  'POST /v1/sweeps': {},
  'GET /v1/openapi.json': {},
  'POST /v1/credentials/{username}/reveal': {},
};

/** Passwords are read first, and removing comes last. */
const order = ['reveal', '', 'rotate', 'disable', 'enable', 'contain', 'DELETE'];

/**
 * Calls every route of the API about a credential twice: as documented, and with a secret wherever a confused client might put it, but in
 * the path, whose names are logged.
 *
 * @throws Error if a route has no request here
 */
export async function callEveryRoute(
  send: SignedFetch,
  { apiUrl, username, secret }: { readonly apiUrl: string; readonly username: string; readonly secret: string },
): Promise<RouteAnswers[]> {
  const answers: RouteAnswers[] = [];
  for (const key of adminApiRoutes.map((route) => route.key).sort((a, b) => rank(a) - rank(b))) {
    const request = requests[key];
    if (request === undefined) throw new Error(`No request of ${key} is known here.`);
    const [method = '', path = ''] = key.split(' ');
    const url = `${apiUrl}${path.replace('{username}', username).replace('{id}', 'not-there').replace('{address}', 'nobody@example.net')}`;
    const json = { 'content-type': 'application/json' };
    // Not as the value of an attribute that exists: a fault quotes it.
    const strange = JSON.stringify({ password: secret, smtp_password: [secret], username: { deep: secret } });
    const sent = [
      await send(`${url}${request.query ?? ''}`, {
        method,
        headers: { 'if-match': '*', ...(request.body === undefined ? {} : json) },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      }),
      await send(`${url}?secret=${encodeURIComponent(secret)}&cursor=${encodeURIComponent(secret)}`, {
        method,
        headers: { ...json, 'if-match': secret, 'idempotency-key': secret, 'x-secret': secret, cookie: secret },
        ...(method === 'GET' ? {} : { body: strange }),
      }),
      ...(method === 'GET' ? [] : [await send(url, { method, headers: { ...json, 'if-match': '*' }, body: strange })]),
    ];
    const texts = await Promise.all(sent.map((answer) => answer.text()));
    const headers = sent.map((answer) => JSON.stringify([...answer.headers]));
    answers.push({ key, statuses: sent.map(({ status }) => status), text: [...texts, ...headers].join('\n') });
  }
  return answers;
}

function rank(key: string): number {
  return order.findIndex((part) => part !== '' && key.includes(part)) + 1 || order.indexOf('') + 1;
}
