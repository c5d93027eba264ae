import { beforeEach, describe, expect, it, test } from 'vitest';
import { createFakeCli } from '../../../test/support/fake-cli.ts';

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
});

const stored = (name: string) => cli.api.cloud.items.get(name);

async function run(text: string, ...args: string[]) {
  cli.world.files.set('list', text);
  const { exit, stdout, stderr } = await cli.run('import', 'list', ...args);
  return { exit, stderr, ...(stdout === '' ? {} : JSON.parse(stdout)) };
}

const lines = (answer: { lines: readonly { line: number; username: string; result: string }[] }) =>
  answer.lines.map(({ line, username, result }) => `${line} ${username} ${result}`);

const printers = 'Serial;Mail;Team\nP-1;p1@example.com;it\nP-2;p2@example.com, scans@example.com;shop\n';

it('creates the credentials of a table, with the columns of another system', async () => {
  const answer = await run(
    printers,
    ...[
      '--set',
      'username=printer-{Serial}',
      '--map',
      'from=mail',
      '--map',
      'owner=Team',
      '--set',
      'labels=kind=printer',
      '--yes',
    ],
  );
  expect(answer).toMatchObject({ exit: 0, summary: { created: 2 } });
  expect(lines(answer)).toEqual(['2 printer-P-1 created', '3 printer-P-2 created']);
  expect(stored('printer-P-2')).toMatchObject({
    status: 'pending',
    allowed_from_addresses: ['p2@example.com', 'scans@example.com'],
    owner: 'shop',
    labels: { kind: 'printer' },
  });
});

it('knows columns by the names of attributes and flags, and says which it leaves out', async () => {
  const text = 'Name,From,Quota per hour,Sandbox,Labels,Comment\na,a@example.com,10,yes,env=prod; team=x,secret\n';
  const answer = await run(text, '--yes');
  expect(answer.stderr).toContain('Columns that are not imported: Comment.');
  expect(stored('a')).toMatchObject({
    allowed_from_addresses: ['a@example.com'],
    quota_per_hour: 10,
    sandbox: true,
    labels: { env: 'prod', team: 'x' },
  });
  expect(JSON.stringify(stored('a'))).not.toContain('secret');
});

it('makes usernames of any text, if asked to', async () => {
  await run('Name,From\n"Étage 2 / Drucker",a@example.com\n', '--slug', '--yes');
  expect(stored('Etage-2-Drucker')).toBeDefined();
});

describe('before anything is written', () => {
  const faulty = 'name,from\na,a@example.com\nb b,b@example.com\nc,no address\na,other@example.com\nd,d@example.com\n';

  it('checks the whole file, and tells every fault', async () => {
    const answer = await run(faulty, '--yes');
    expect(answer).toMatchObject({ exit: 3, summary: { 'not created': 2, faulty: 2, repeated: 1 } });
    expect(answer.lines[1]).toMatchObject({ line: 3, message: expect.stringContaining('holds the character') });
    expect(answer.lines[3]).toMatchObject({ line: 5, message: 'Line 2 has this name already.' });
    expect(cli.api.cloud.items.size).toBe(0);
  });

  it('leaves faulty lines out only if asked to', async () => {
    const answer = await run(faulty, '--yes', '--skip-faulty');
    expect(answer).toMatchObject({ exit: 3, summary: { created: 2, faulty: 2, repeated: 1 } });
    expect([...cli.api.cloud.items.keys()].sort()).toEqual(['a', 'd']);
  });

  it('shows what would become of each line', async () => {
    const answer = await run(faulty, '--dry-run');
    expect(answer).toMatchObject({ exit: 3, summary: { 'would be created': 2 } });
    expect(cli.requests.some(({ method, path }) => method !== 'GET' && path !== '/v1/validate')).toBe(false);
  });

  it('asks, and creates nothing where nobody can answer', async () => {
    const { exit, stderr } = await run('name,from\na,a@example.com\n');
    expect(exit).toBe(2);
    expect(stderr).toContain('Missing: --yes. Create 1 credentials?');
    expect(cli.api.cloud.items.size).toBe(0);
  });
});

describe('run again', () => {
  const text = 'name,from\na,a@example.com;*@b.example.com\nb,b@example.com\n';

  it('leaves what is there as it is', async () => {
    await run(text, '--yes');
    const before = JSON.stringify([...cli.api.cloud.items]);
    const answer = await run('name,from\na,*@b.example.com;a@example.com\nb,b@example.com\n', '--yes');
    expect(answer).toMatchObject({ exit: 0, summary: { exists: 2 } });
    expect(JSON.stringify([...cli.api.cloud.items])).toBe(before);
  });

  it('never puts over another credential of the name', async () => {
    cli.api.cloud.put('b', { status: 'disabled', allowed_from_addresses: ['boss@example.com'] });
    const answer = await run(text, '--yes');
    expect(answer).toMatchObject({ exit: 6, summary: { created: 1, differs: 1 } });
    expect(answer.lines[1].message).toContain('other values of allowed_from_addresses');
    expect(stored('b')).toMatchObject({ allowed_from_addresses: ['boss@example.com'] });
  });
});

describe('trouble', () => {
  const text = 'name,from\na,a@example.com\nb,b@example.com\nc,c@example.com\n';
  const problem = (status: number, code: string) => ({ status, headers: {}, body: { code, detail: `${code}.` } });

  it('is tried again when it passes, and a lost answer makes nothing twice', async () => {
    let refusals = 2;
    cli.world.intercept = (method, path) =>
      method === 'POST' && path === '/v1/credentials' && refusals-- > 0 ? problem(429, 'Throttling') : undefined;
    expect(await run(text, '--yes')).toMatchObject({ exit: 0, summary: { created: 3 } });
  });

  it('of one line is reported, and the others go on', async () => {
    cli.world.intercept = (method, path, { body }) =>
      method === 'POST' && path === '/v1/credentials' && (body as { username: string }).username === 'b'
        ? problem(503, 'InternalServerError')
        : undefined;
    const answer = await run(text, '--yes');
    expect(answer).toMatchObject({ exit: 1, summary: { created: 2, failed: 1 } });
    expect(answer.lines[1]).toMatchObject({ username: 'b', message: 'InternalServerError.' });
  });

  it('that denies everything ends the import', async () => {
    cli.world.intercept = (method, path) =>
      method === 'POST' && path === '/v1/credentials' ? problem(403, 'AccessDenied') : undefined;
    const many = `name,from\n${Array.from({ length: 20 }, (_, at) => `u${at},u${at}@example.com\n`).join('')}`;
    const answer = await run(many, '--yes');
    expect(answer.exit).toBe(1);
    expect(answer.summary['not tried']).toBeGreaterThan(10);
  });

  it('of a credential is told by --wait', async () => {
    cli.world.onSleep = () => {
      cli.api.cloud.put('a', { ...stored('a'), status: 'active', access_key_id: 'AKIAEXAMPLE' });
      cli.api.cloud.put('b', { ...stored('b'), status: 'failed', failure: { code: 'Broken', message: 'It broke.' } });
      cli.api.cloud.put('c', { ...stored('c'), status: 'active', access_key_id: 'AKIAEXAMPLF' });
    };
    const answer = await run(text, '--yes', '--wait');
    expect(answer).toMatchObject({ exit: 1, summary: { created: 2, failed: 1 } });
    expect(answer.lines[1]).toMatchObject({ username: 'b', result: 'failed' });
  });
});

it('takes what export writes, with those that are off', async () => {
  cli.api.cloud.put('off', {
    status: 'disabled',
    disabled_at: '2026-01-01T00:00:00.000Z',
    allowed_from_addresses: ['off@example.com'],
    labels: { env: 'old' },
  });
  const { stdout } = await cli.run('export');
  cli = createFakeCli();
  expect(await run(stdout, '--yes')).toMatchObject({ exit: 0, summary: { created: 1 } });
  expect(stored('off')).toMatchObject({ status: 'disabled', labels: { env: 'old' } });
});

test.each([
  [['--map', 'owner=Nothing'], 'The file has no column "Nothing". It has: "name", "from".'],
  [['--map', 'colour=name'], '--map takes ATTRIBUTE=COLUMN'],
  [['--set', 'owner'], '--set takes ATTRIBUTE=TEXT'],
])('refuses %j', async (args, message) => {
  const { exit, stderr } = await run('name,from\na,a@example.com\n', ...args);
  expect(exit).toBe(2);
  expect(stderr).toContain(message.replaceAll('"', '\\"'));
});

it('says which column it misses, and that there is no file', async () => {
  expect((await run('Serial,Mail\n1,a@example.com\n')).stderr).toContain('--map username=COLUMN');
  const { stderr } = await cli.run('import', 'missing.csv');
  expect(stderr).toContain('There is no file missing.csv.');
});
