import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeCli } from '../../../test/support/fake-cli.ts';

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
});

async function json(...args: string[]) {
  const { exit, stdout, stderr } = await cli.run(...args);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return JSON.parse(stdout);
}

const message = {
  message_id: 'm-1',
  form: 'dead-letter',
  username: 'jane',
  tries: 3,
  sent_at: '2026-11-26T10:00:00.000Z',
};
const localStack = {
  file: '/home/me/.sesame/local.json',
  pid: 7,
  endpoint: 'http://127.0.0.1:4500',
  region: 'us-east-1',
  table: 'sesame-local',
  smtp: { host: '127.0.0.1', startTlsPort: 2587, tlsPort: 2465, caFile: '/ca.pem' },
  mailbox: 'http://127.0.0.1:4501/messages',
  logs: { functions: '/logs/functions.log', mail: '/logs/mail.log' },
  credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'local-secret' },
};

describe('sesame dlq', () => {
  it('lists dead letters and parked messages', async () => {
    cli.world.intercept = () => ({ status: 200, headers: {}, body: { messages: [message], is_cut: true } });
    expect(await json('dlq', 'list')).toEqual({ messages: [message], is_cut: true });
    await json('dlq', 'list', '--parked', '--limit', '5');
    expect(cli.requests.map(({ path, query }) => path + query)).toEqual([
      '/v1/dead-letters',
      '/v1/parked-messages?limit=5',
    ]);
    expect((await cli.run('dlq', 'list', '--output', 'table')).stdout).toMatch(/^m-1 +dead-letter +jane +3 /m);
  });

  it('shows, redrives and drops', async () => {
    cli.world.intercept = () => ({ status: 200, headers: {}, body: message });
    expect(await json('dlq', 'show', 'm-1')).toEqual(message);
    expect(await json('dlq', 'redrive', 'm-1', 'm-2')).toEqual({
      messages: [
        { id: 'm-1', result: 'redriven' },
        { id: 'm-2', result: 'redriven' },
      ],
    });
    await json('dlq', 'drop', 'm-1', '--parked', '--foreign', '--yes');
    expect(cli.requests.map(({ method, path, query }) => `${method} ${path}${query}`)).toEqual([
      'GET /v1/dead-letters/m-1',
      'POST /v1/dead-letters/m-1/redrive',
      'POST /v1/dead-letters/m-2/redrive',
      'DELETE /v1/parked-messages/m-1?foreign=true',
    ]);
  });

  it('asks for nothing with --dry-run', async () => {
    expect(await json('dlq', 'drop', 'm-1', '--dry-run')).toEqual({
      messages: [{ id: 'm-1', result: 'would be deleted' }],
    });
    expect(cli.requests).toEqual([]);
  });

  it('goes on after one that fails', async () => {
    cli.world.intercept = (_method, path) =>
      path.includes('m-1')
        ? { status: 404, headers: {}, body: { code: 'MessageNotFound', detail: 'Gone.' } }
        : { status: 200, headers: {}, body: message };
    const { exit, stdout } = await cli.run('dlq', 'redrive', 'm-1', 'm-2');
    expect(exit).toBe(5);
    expect(JSON.parse(stdout).messages).toMatchObject([
      { result: 'failed', code: 'MessageNotFound' },
      { result: 'redriven' },
    ]);
    expect((await cli.run('dlq', 'redrive', 'm-1')).exit).toBe(5);
  });
});

describe('sesame sweep and health', () => {
  it('start a sweep', async () => {
    expect(await json('sweep')).toHaveProperty('correlation_id');
    expect(await json('sweep', '--dry-run')).toMatchObject({ actions: [expect.stringMatching(/^Start a sweep/)] });
  });

  it('end with 1 if a check failed, and with 4 if one is not known', async () => {
    const { exit, stdout } = await cli.run('health');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'degraded' });
    for (const [status, code] of [
      ['ok', 0],
      ['unknown', 4],
    ] as const) {
      cli.world.intercept = () => ({ status: 200, headers: {}, body: { status, checks: [] } });
      expect((await cli.run('health')).exit).toBe(code);
    }
  });
});

describe('sesame deployments', () => {
  it('adds, lists, uses and removes', async () => {
    await json('deployments', 'add', 'mail', '--region', 'eu-west-1', '--profile', 'ops');
    await json('deployments', 'add', 'prod', '--api', 'https://api.example.com', '--prefix', 'default');
    expect(cli.world.config).toEqual({
      current: 'mail',
      deployments: {
        mail: { region: 'eu-west-1', profile: 'ops' },
        prod: { api: 'https://api.example.com', prefix: 'default' },
      },
    });
    await json('deployments', 'use', 'prod');
    cli.world.localStack = localStack;
    const { deployments } = await json('deployments', 'list');
    expect(
      deployments.map(({ name, is_current: used }: { name: string; is_current: boolean }) => [name, used]),
    ).toEqual([
      ['mail', false],
      ['prod', true],
      ['local', false],
    ]);
    await json('deployments', 'remove', 'prod');
    expect(cli.world.config).toEqual({ deployments: { mail: { region: 'eu-west-1', profile: 'ops' } } });
    await json('deployments', 'use', 'mail');
    await json('deployments', 'use', 'local');
    expect(cli.world.config.current).toBe('local');
    expect((await json('deployments', 'list')).deployments).toMatchObject([
      { name: 'mail' },
      { name: 'local', is_current: true },
    ]);
  });

  it.each([
    [['add', 'mail'], 2],
    [['add', 'local', '--region', 'x'], 2],
    [['add', '__proto__', '--region', 'x'], 2],
    [['use', 'lost'], 5],
    [['use', 'constructor'], 5],
    [['remove', 'lost'], 5],
  ])('refuses %j with %i', async (args, exit) => {
    expect((await cli.run('deployments', ...args)).exit).toBe(exit);
    expect(cli.world.config).toEqual({ deployments: {} });
  });

  it('shows the description', async () => {
    cli.world.intercept = () => ({ status: 200, headers: {}, body: { version: '1', topics: { sends: 'arn' } } });
    expect((await cli.run('deployments', 'show', '--output', 'table')).stdout).toMatch(/^topics +sends=arn$/m);
  });
});

describe('sesame local', () => {
  it('says that none runs', async () => {
    for (const args of [['status'], ['logs'], ['mailbox']]) expect((await cli.run('local', ...args)).exit).toBe(5);
  });

  it('tells where its parts are, without its credentials', async () => {
    cli.world.localStack = localStack;
    const { exit, stdout } = await cli.run('local', 'status');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ mailbox: localStack.mailbox });
    expect(stdout).not.toContain('local-secret');
  });

  it('shows the last lines of a log', async () => {
    cli.world.localStack = localStack;
    cli.world.files.set('/logs/mail.log', 'one\ntwo\nthree\n');
    expect(await cli.run('local', 'logs', 'mail', '--lines', '2')).toEqual({
      exit: 0,
      stdout: 'two\nthree\n',
      stderr: '',
    });
    expect((await cli.run('local', 'logs', 'lost')).exit).toBe(2);
    expect(await cli.run('local', 'logs')).toMatchObject({ exit: 0, stdout: '' });
  });

  it('lists the mailbox', async () => {
    cli.world.localStack = localStack;
    expect((await cli.run('local', 'mailbox', '--output', 'tsv')).stdout).toContain(
      '\ta@example.com\tb@example.com\tHi\n',
    );
  });

  it.each([
    ['250 Ok', 0],
    ['554 Access denied', 3],
    ['454 Throttling failure', 4],
  ])('send: %s ends with %i', async (reply, exit) => {
    cli.api.cloud.put('jane', { status: 'active', access_key_id: 'AKIAEXAMPLE', encrypted_password: 'c' });
    cli.world.mailReply = reply;
    const ran = await cli.run('local', 'send', 'jane', '--from', 'a@example.com', '--to', 'b@example.com');
    expect(ran.exit).toBe(exit);
    expect(JSON.parse(ran.stdout)).toEqual({ accepted: exit === 0, reply });
  });
});

describe('sesame openapi, commands, completion', () => {
  it('print what programs read', async () => {
    expect(await json('openapi')).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    const tree = await json('commands', '--json');
    expect(tree.commands.length).toBeGreaterThan(30);
    expect(tree.exit_codes).toContainEqual({ code: 2, name: 'usage', meaning: expect.any(String) });
    cli.world.isTerminal = true;
    expect(JSON.parse((await cli.run('commands', '--json')).stdout)).toEqual(tree);
    expect((await cli.run('commands')).stdout).toMatch(/^create +Create a credential$/m);
  });

  it.each(['bash', 'zsh', 'fish'])('print a script for %s', async (shell) => {
    const { exit, stdout } = await cli.run('completion', shell);
    expect(exit).toBe(0);
    for (const word of ['redrive', 'dry-run', 'source-ip', 'complaints']) expect(stdout).toContain(word);
  });

  it('print the names of credentials that begin so, and nothing where they cannot be read', async () => {
    for (const name of ['jane', 'jack', 'jo+b@example.com', 'bert-jan'])
      cli.api.cloud.put(name, { status: 'active', owner: 'jan' });
    expect(await cli.run('completion', 'names', 'ja')).toMatchObject({ exit: 0, stdout: 'jack\njane\n', stderr: '' });
    expect((await cli.run('completion', 'names')).stdout).toBe('bert-jan\njack\njane\njo+b@example.com\n');
    cli.world.intercept = () => {
      throw new Error('down');
    };
    expect(await cli.run('completion', 'names', 'ja')).toEqual({ exit: 0, stdout: '', stderr: '' });
  });
});
