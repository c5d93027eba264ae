import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { renderOpenApi } from '../../scripts/openapi-docs.ts';
import { ask, caller } from '../../test/support/api-client.ts';
import { createFakeApi, fakePassword } from '../../test/support/fake-api.ts';
import { SesameError } from '../credential/errors.ts';
import { adminRoutes } from './routes/admin-routes.ts';
import { revealRoutes } from './routes/reveal.ts';

let api: ReturnType<typeof createFakeApi>;
beforeEach(() => {
  api = createFakeApi();
});

const jane = { username: 'jane', allowed_from_addresses: ['jane@example.com'] };
const anyVersion = { 'if-match': '*' };
const activeItem = {
  status: 'active',
  access_key_id: 'AKIAEXAMPLE',
  encrypted_password: 'ciphertext',
  iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764151200000',
  allowed_from_addresses: ['jane@example.com'],
};

describe('a creation', () => {
  it('answers 202 with the record, its ETag and its place, and names the caller', async () => {
    const { status, headers, body } = await ask(api.app, 'POST', '/v1/credentials', {
      body: { ...jane, owner: 'team' },
    });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe('/v1/credentials/jane');
    expect(headers.get('etag')).toBe(body.etag);
    expect(body).toMatchObject({ ...jane, owner: 'team', status: 'pending', state: 'pending', is_unchanged: false });
    expect(api.cloud.items.get('jane')).toMatchObject({ requested_by: caller.arn, status: 'pending' });
    expect(api.audits).toEqual([
      {
        request_id: 'request-1',
        caller: caller.arn,
        is_vouched: true,
        source_ip: '203.0.113.7',
        action: 'credentials.create',
        status: 202,
      },
    ]);
  });

  it('marks a caller for whom nobody vouches', async () => {
    await ask(api.app, 'POST', '/v1/credentials', { body: jane, as: { ...caller, isVouched: false } });
    expect(api.cloud.items.get('jane')?.['requested_by']).toBe(`${caller.arn} (claimed)`);
  });

  it('tells all faults at once, and writes nothing', async () => {
    const body = { username: 'no space', allowed_from_addresses: ['x'], colour: 'red', status: 'active' };
    const answer = await ask(api.app, 'POST', '/v1/credentials', { body });
    expect(answer.status).toBe(422);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({ code: 'InvalidAttributes', status: 422, request_id: 'request-1' });
    const attributes = answer.body.faults.map(({ attribute }: { attribute: string }) => attribute);
    expect(attributes).toEqual(expect.arrayContaining(['colour', 'status', 'username', 'allowed_from_addresses']));
    expect(api.cloud.items.size).toBe(0);
  });

  it.each(['/v1/credentials', '/v1/validate'])('%s names not every one of 10,000 unknown attributes', async (path) => {
    const odd = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, 0]));
    const { body } = await ask(api.app, 'POST', path, { body: { ...jane, ...odd } });
    expect(body.faults).toHaveLength(51);
    expect(body.faults.at(-1).message).toContain('9950 more');
    const long = await ask(api.app, 'POST', path, { body: { ...jane, ['x'.repeat(100_000)]: 1 } });
    expect(JSON.stringify(long.body).length).toBeLessThan(2_000);
  });

  it('refuses a name that is taken, and shows who has it', async () => {
    await ask(api.app, 'POST', '/v1/credentials', { body: jane });
    const { status, body } = await ask(api.app, 'POST', '/v1/credentials', { body: { ...jane, owner: 'other' } });
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'CredentialExists', current: { username: 'jane' } });
  });

  it('only shows what it would write with dry_run', async () => {
    const { status, body } = await ask(api.app, 'POST', '/v1/credentials?dry_run=true', { body: jane });
    expect(status).toBe(200);
    expect(body).toMatchObject({ dry_run: true, writes: [{ write: 'insert', set: { status: 'pending' } }] });
    expect(api.cloud.items.size).toBe(0);
  });

  it('waits for the outcome, and no longer', async () => {
    const asked = ask(api.app, 'POST', '/v1/credentials?wait=5', { body: jane });
    setTimeout(
      () => api.cloud.put('jane', { ...api.cloud.items.get('jane'), status: 'failed', failure: { code: 'X' } }),
      50,
    );
    const { status, body } = await asked;
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'failed', problems: [{ code: 'X' }] });
  });
});

describe('an idempotency key', () => {
  const keyed = (body: object, key = 'k1', query = '') =>
    ask(api.app, 'POST', `/v1/credentials${query}`, { body, headers: { 'idempotency-key': key } });

  it('gives the same answer again, for 24 hours', async () => {
    const first = await keyed(jane);
    api.cloud.put('jane', { ...api.cloud.items.get('jane'), status: 'active' });
    const second = await keyed(jane);
    expect(second).toMatchObject({ status: 202, body: first.body });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    api.clock.nowMs += 24 * 3_600_000;
    expect(await keyed(jane)).toMatchObject({ status: 409, body: { code: 'CredentialExists' } });
  });

  it('gives the same answer again although the record is gone, and does not wait for it', async () => {
    const first = await keyed(jane);
    api.cloud.put('jane', undefined);
    expect(await keyed(jane, 'k1', '?wait=25')).toMatchObject({ status: 202, body: first.body });
  });

  it('belongs to one body', async () => {
    await keyed(jane);
    const { status, body } = await keyed({ ...jane, owner: 'else' });
    expect(status).toBe(422);
    expect(body.code).toBe('IdempotencyKeyReused');
    expect(await keyed({ allowed_from_addresses: jane.allowed_from_addresses, username: 'jane' })).toMatchObject({
      status: 202,
    });
  });

  it('repeats a refusal too', async () => {
    api.cloud.put('jane', { status: 'active' });
    expect((await keyed(jane)).status).toBe(409);
    api.cloud.put('jane', undefined);
    const again = await keyed(jane);
    expect(again).toMatchObject({ status: 409, body: { code: 'CredentialExists', current: { username: 'jane' } } });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('finishes the work of a request that died after its write', async () => {
    let dies = true;
    api = createFakeApi((admin) => ({
      ...admin,
      credentials: {
        ...admin.credentials,
        async insert(username, attributes) {
          const result = await admin.credentials.insert(username, attributes);
          if (!dies) return result;
          dies = false;
          return await new Promise<never>(() => {});
        },
      },
    }));
    void keyed(jane);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await keyed(jane)).toMatchObject({ status: 409, body: { code: 'RequestRunning' } });
    api.clock.nowMs += 61_000;
    expect(await keyed(jane)).toMatchObject({ status: 202, body: { username: 'jane' } });
    expect(api.cloud.items.get('jane')?.['requested_at']).toBe('2026-11-26T10:00:00.000Z');
  });

  it.each([
    ['fails', 503, new SesameError('InternalServerError', 'retryable', 'DynamoDB failed.')],
    ['refuses a right', 403, new SesameError('AccessDeniedException', 'retryable', 'dynamodb:PutItem is denied.')],
  ])('is given back when AWS %s', async (_, status, error) => {
    let fails = true;
    api = createFakeApi((admin) => ({
      ...admin,
      credentials: {
        ...admin.credentials,
        insert(...all) {
          if (!fails) return admin.credentials.insert(...all);
          fails = false;
          throw error;
        },
      },
    }));
    expect((await keyed(jane)).status).toBe(status);
    expect((await keyed(jane)).status).toBe(202);
  });

  it.each(['', 'ü', 'a b', 'x'.repeat(256)])('is visible ASCII, unlike %j', async (key) => {
    const sent = key === 'ü' ? 'Ã¼' : key;
    const { status } = await keyed(jane, sent);
    expect(status).toBe(400);
  });
});

describe('a change', () => {
  beforeEach(() => api.cloud.put('jane', activeItem));
  const changes = [
    ['PATCH', '/v1/credentials/jane', { owner: 'me' }],
    ['DELETE', '/v1/credentials/jane', undefined],
    ['POST', '/v1/credentials/jane/disable', undefined],
    ['POST', '/v1/credentials/jane/enable', {}],
    ['POST', '/v1/credentials/jane/rotate', undefined],
  ] as const;

  it.each(changes)('%s %s needs If-Match', async (method, path, body) => {
    expect((await ask(api.app, method, path, { body })).status).toBe(428);
    for (const tag of ['"another"', 'W/"weak"']) {
      const refused = await ask(api.app, method, path, { body, headers: { 'if-match': tag } });
      expect(refused).toMatchObject({ status: 412, body: { code: 'RevisionChanged' } });
    }
    expect((await ask(api.app, method, path, { body, headers: { 'if-match': 'bare' } })).status).toBe(400);
    expect(api.cloud.items.get('jane')).toEqual(activeItem);
    const { headers } = await ask(api.app, 'GET', '/v1/credentials/jane');
    const done = await ask(api.app, method, path, { body, headers: { 'if-match': headers.get('etag') ?? '' } });
    expect(done.status).toBe(202);
    const statuses = api.audits.map(({ status }) => status);
    expect(statuses).toEqual([428, 412, 412, 400, 202]);
  });

  it.each(changes)('%s %s takes any version with *, and shows the write with dry_run', async (method, path, body) => {
    const dry = await ask(api.app, method, `${path}?dry_run=true`, { body, headers: anyVersion });
    expect(dry).toMatchObject({ status: 200, body: { dry_run: true } });
    expect(api.audits.at(-1)).toMatchObject({ is_dry_run: true });
    expect(api.cloud.items.get('jane')).toEqual(activeItem);
    expect((await ask(api.app, method, path, { body, headers: anyVersion })).status).toBe(202);
  });

  it.each(changes)('%s %s of nobody is 404', async (method, path, body) => {
    const answer = await ask(api.app, method, path.replace('jane', 'joe'), { body, headers: anyVersion });
    expect(answer).toMatchObject({ status: 404, body: { code: 'CredentialNotFound' } });
  });

  it('shows the present version to whoever comes second', async () => {
    const { body: seen } = await ask(api.app, 'GET', '/v1/credentials/jane');
    const headers = { 'if-match': seen.etag };
    expect((await ask(api.app, 'PATCH', '/v1/credentials/jane', { body: { owner: 'a' }, headers })).status).toBe(202);
    const second = await ask(api.app, 'PATCH', '/v1/credentials/jane', { body: { owner: 'b' }, headers });
    expect(second).toMatchObject({ status: 412, body: { current: { owner: 'a' } } });
  });

  it('merges labels and removes what is null', async () => {
    api.cloud.put('jane', { ...activeItem, labels: { a: '1', b: '2' }, description: 'x' });
    const headers = { ...anyVersion, 'content-type': 'application/merge-patch+json' };
    const body = { labels: { a: null, c: '3' }, description: null };
    const { status } = await ask(api.app, 'PATCH', '/v1/credentials/jane', { body, headers });
    expect(status).toBe(202);
    const item = api.cloud.items.get('jane');
    expect(item?.['labels']).toEqual({ b: '2', c: '3' });
    expect(item?.['description']).toBeUndefined();
  });
});

describe('a list', () => {
  beforeEach(() => {
    for (let index = 0; index < 5_000; index += 1) {
      const name = `user-${String(index).padStart(4, '0')}`;
      api.cloud.items.set(name, { status: 'active', allowed_from_addresses: [`${name}@example.com`] });
    }
    api.cloud.items.set('user-4999', { ...api.cloud.items.get('user-4999'), owner: 'needle', labels: { team: 'x:y' } });
  });

  it('finds one of 5,000, without an empty page', async () => {
    for (const query of ['owner=needle', 'label=team', 'label=team:x:y', 'q=NEEDLE', 'owner=needle&limit=1']) {
      const { body } = await ask(api.app, 'GET', `/v1/credentials?${query}`);
      expect(
        body.credentials.map(({ username }: { username: string }) => username),
        query,
      ).toEqual(['user-4999']);
      expect(body.next_cursor).toBeUndefined();
    }
  });

  it('reads page by page', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const at = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await ask(api.app, 'GET', `/v1/credentials?limit=999${at}`);
      names.push(...body.credentials.map(({ username }: { username: string }) => username));
      cursor = body.next_cursor;
    } while (cursor !== undefined);
    expect(new Set(names).size).toBe(5_000);
    expect(names).toHaveLength(5_000);
  });

  it('goes on after a name of any length', async () => {
    const cursor = Buffer.from(`1:${'x'.repeat(1_019)}`).toString('base64url');
    expect((await ask(api.app, 'GET', `/v1/credentials?cursor=${cursor}`)).status).toBe(200);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=1&limit=2',
    'status=odd',
    'colour=red',
    'cursor=',
    'owner=',
    'cursor=AAAA',
  ])('refuses ?%s', async (query) => {
    expect((await ask(api.app, 'GET', `/v1/credentials?${query}`)).status).toBe(400);
  });

  it('refuses a cursor that somebody has changed', async () => {
    const { body } = await ask(api.app, 'GET', '/v1/credentials?limit=10');
    for (let at = 0; at < body.next_cursor.length; at += 1) {
      const forged = `${body.next_cursor.slice(0, at)}${body.next_cursor[at] === 'A' ? 'B' : 'A'}${body.next_cursor.slice(at + 1)}`;
      const answer = await ask(api.app, 'GET', `/v1/credentials?limit=10&cursor=${forged}`);
      // A forged cursor that still reads as one names a username, and nothing else.
      if (answer.status === 200) expect(JSON.stringify(answer.body)).not.toContain('SESAME#');
      else expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidCursor' } });
    }
  });
});

describe('rude requests', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const cases: [string, string | Uint8Array, number, Record<string, string>?][] = [
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['a text', '"x"', 400],
    ['null', 'null', 400],
    ['nothing', '', 400],
    ['1 MB', JSON.stringify({ ...jane, description: 'x'.repeat(1_000_000) }), 413],
    ['a lie about its length', JSON.stringify(jane), 202, { 'content-length': '5' }],
    ['10,000 levels', deep(10_000), 400],
    ['17 levels', deep(17), 400],
    ['broken UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
    ['half a character', '{"username":"\\ud800","allowed_from_addresses":["a@example.com"]}', 400],
    ['a form', 'a=b', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no type', JSON.stringify(jane), 415, { 'content-type': 'text/plain' }],
    ['a prototype', '{"username":"jane","__proto__":{"a":1},"allowed_from_addresses":["a@example.com"]}', 400],
    ['a constructor', JSON.stringify({ ...jane, constructor: 1 }), 400],
    ['another prototype', JSON.stringify({ ...jane, prototype: {} }), 400],
    ['a label of any name', JSON.stringify({ ...jane, labels: { constructor: 'a', toString: 'b' } }), 202],
    ['a number for a name', '{"username":5}', 400],
    ['no name', '{"allowed_from_addresses":["a@example.com"]}', 400],
    ['wrong types', '{"username":"jane","allowed_from_addresses":{"a":[1]},"sandbox":"yes","owner":7}', 422],
    ['an endless number', '{"username":"jane","allowed_from_addresses":["a@example.com"],"quota_per_day":1e999}', 422],
  ];
  it.each(cases)('%s', async (_, body, status, headers = {}) => {
    const answer = await ask(api.app, 'POST', '/v1/credentials', { body, headers });
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(api.errors).toEqual([]);
    if (status >= 400) expect(answer.body).toMatchObject({ status, code: expect.any(String), request_id: 'request-1' });
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/v1', 404],
    ['GET', '/v1/', 404],
    ['GET', '/v2/credentials', 404],
    ['GET', '/v1/credentials/', 404],
    ['PUT', '/v1/credentials', 405],
    ['DELETE', '/v1/credentials', 405],
    ['GET', '/v1/credentials/jane/reveal', 405],
    ['GET', '/v1/credentials/..%2f..%2fsecrets', 404],
    ['GET', '/v1/credentials/%2e%2e', 404],
    ['GET', '/v1/credentials/%00', 404],
    ['GET', '/v1/credentials/%zz', 404],
    ['GET', '/v1/credentials/jane%0d%0aX-Evil:%201', 404],
    ['GET', `/v1/credentials/${'x'.repeat(3_000)}`, 404],
    ['GET', '/v1/dead-letters/nothing', 404],
    ['GET', '/v1/credentials/jane?x=1', 400],
  ])('%s %s', async (method, path, status) => {
    const answer = await ask(api.app, method, path);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toEqual(expect.any(String));
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/^[A-Z, ]+$/);
    expect(api.errors).toEqual([]);
  });
});

describe('a reveal', () => {
  beforeEach(() => api.cloud.put('jane', activeItem));

  it('shows the password once it is counted and published, and to no cache', async () => {
    const { status, headers, body } = await ask(api.app, 'POST', '/v1/credentials/jane/reveal');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      username: 'jane',
      smtp_username: 'AKIAEXAMPLE',
      smtp_password: fakePassword,
      smtp_host: 'email-smtp.eu-west-1.amazonaws.com',
      ports: { starttls: 587, tls: 465 },
    });
    expect(api.events).toEqual(['revealed']);
    expect(api.audits).toMatchObject([{ action: 'credentials.reveal', subject: 'jane', status: 200 }]);
  });

  it('waits its turn where many read it at once', async () => {
    const answers = Array.from({ length: 30 }, () => ask(api.app, 'POST', '/v1/credentials/jane/reveal'));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
    expect(api.cloud.items.get('jane')).toMatchObject({ reveals: { count: 30 } });
  });

  it('ends at the reveal_limit, until there is another key', async () => {
    api.cloud.put('jane', { ...activeItem, reveal_limit: 2 });
    const reveal = () => ask(api.app, 'POST', '/v1/credentials/jane/reveal');
    expect([(await reveal()).status, (await reveal()).status]).toEqual([200, 200]);
    expect(await reveal()).toMatchObject({ status: 429, body: { code: 'RevealLimitReached' } });
    api.cloud.put('jane', { ...api.cloud.items.get('jane'), access_key_id: 'AKIAOTHER' });
    expect((await reveal()).status).toBe(200);
  });
});

describe('a containment', () => {
  it('denies first, disables the record, and is safe to repeat', async () => {
    api.cloud.put('jane', activeItem);
    const contain = () => ask(api.app, 'POST', '/v1/credentials/jane/contain', { body: { reason: 'found in public' } });
    const { status, body } = await contain();
    expect(status).toBe(202);
    expect(api.iamCalls).toEqual(['deny ses-smtp-user-jane-1764151200000']);
    expect(body.steps.map(({ step }: { step: string }) => step)).toEqual(['deny', 'deactivate-keys', 'disable']);
    expect(api.cloud.items.get('jane')).toMatchObject({
      status: 'disabled',
      suspension: { reason: 'Contained', evidence: 'found in public' },
    });
    const again = await contain();
    expect(again.body.steps[2]).toMatchObject({ step: 'disable', status: 'nothing-to-do' });
    const enable = (more: object) =>
      ask(api.app, 'POST', '/v1/credentials/jane/enable', { body: more, headers: anyVersion });
    expect(await enable({})).toMatchObject({ status: 409, body: { code: 'CredentialContained' } });
    expect((await enable({ lift_containment: true })).status).toBe(202);
    expect(api.iamCalls.at(-1)).toBe('lift ses-smtp-user-jane-1764151200000');
    expect(api.cloud.items.get('jane')?.['contained']).toBeUndefined();
  });

  it('tells with dry_run what it would do, as a verification and a sweep do, and does nothing', async () => {
    const done = vi.fn(async () => {});
    api = createFakeApi((admin) => ({
      ...admin,
      targets: { ...admin.targets, verifications: { ...admin.targets.verifications, send: done } },
      sweeps: { start: done },
    }));
    api.cloud.put('jane', activeItem);
    for (const [path, count] of [
      ['/v1/credentials/jane/contain', 2],
      ['/v1/credentials/jane/verify', 1],
      ['/v1/sweeps', 1],
    ] as const) {
      const { status, body } = await ask(api.app, 'POST', `${path}?dry_run=true`);
      expect({ status, isDry: body.dry_run, actions: body.actions.length }).toEqual({
        status: 200,
        isDry: true,
        actions: count,
      });
    }
    expect(api.iamCalls).toEqual([]);
    expect(done).not.toHaveBeenCalled();
    expect(api.cloud.items.get('jane')).toEqual(activeItem);
    await ask(api.app, 'POST', '/v1/sweeps');
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('disables the record although IAM refuses, and says so', async () => {
    api = createFakeApi((admin) => ({
      ...admin,
      containment: {
        ...admin.containment,
        deny: () => Promise.reject(new SesameError('AccessDenied', 'retryable', 'iam:PutUserPolicy is denied.')),
      },
    }));
    api.cloud.put('jane', activeItem);
    const { status, body } = await ask(api.app, 'POST', '/v1/credentials/jane/contain');
    expect(status).toBe(503);
    expect(body.detail).toContain('iam:PutUserPolicy is denied.');
    expect(api.cloud.items.get('jane')).toMatchObject({ status: 'disabled' });
  });
});

it('never shows an unexpected error', async () => {
  api = createFakeApi((admin) => ({
    ...admin,
    credentials: { ...admin.credentials, read: () => Promise.reject(new Error(`connect to ${fakePassword}`)) },
  }));
  const { status, body } = await ask(api.app, 'GET', '/v1/credentials/jane');
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain(fakePassword);
  expect(api.errors).toHaveLength(1);
});

it('answers health and validation', async () => {
  expect((await ask(api.app, 'GET', '/v1/health')).body).toMatchObject({
    status: 'degraded',
    checks: [{ name: 'table', status: 'ok' }, { status: 'ok' }, { name: 'parked-messages', status: 'failed' }],
  });
  const { status, body } = await ask(api.app, 'POST', '/v1/validate', { body: { username: 'x' } });
  expect(status).toBe(200);
  expect(body).toMatchObject({ valid: false, faults: [{ attribute: 'allowed_from_addresses' }] });
});

it('serves its own description, which is fresh', async () => {
  const { body } = await ask(api.app, 'GET', '/v1/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  const committed = readFileSync(new URL('./openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(JSON.parse(renderOpenApi()));
});

it('has an answer schema for each route, and every change is audited', () => {
  for (const route of [...adminRoutes, ...revealRoutes]) {
    expect(Object.keys(route.answers).length).toBeGreaterThan(0);
    const isReading = ['credentials.validate', 'credentials.check'].includes(route.id);
    if (route.method !== 'GET' && !isReading) expect(route.isAudited, route.id).toBe(true);
    expect(route.sets.length, route.id).toBeGreaterThan(0);
  }
});
