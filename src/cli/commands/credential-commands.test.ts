import { beforeEach, describe, expect, it } from 'vitest';
import { fakePassword } from '../../../test/support/fake-api.ts';
import { createFakeCli } from '../../../test/support/fake-cli.ts';

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
});

const activeItem = {
  status: 'active',
  access_key_id: 'AKIAEXAMPLE',
  encrypted_password: 'ciphertext',
  allowed_from_addresses: ['jane@example.com'],
};
const arnOf = (name: string) =>
  `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-${name}-1764151200000`;
const put = (name: string, item: object = {}) =>
  cli.api.cloud.put(name, { ...activeItem, iam_user_arn: arnOf(name), ...item });
const stored = (name = 'jane') => cli.api.cloud.items.get(name);

/** Runs a command that must work, and reads its JSON. */
async function json(...args: string[]) {
  const { exit, stdout, stderr } = await cli.run(...args);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  return JSON.parse(stdout);
}

async function refusal(...args: string[]) {
  const { exit, stdout, stderr } = await cli.run(...args);
  expect(stdout).toBe('');
  return { exit, ...JSON.parse(stderr).error };
}

describe('sesame create', () => {
  it('writes the attributes that flags name', async () => {
    const made = await json(
      'create',
      'jane',
      '--from',
      'jane@example.com',
      '--from',
      '*@shop.example.com',
      '--owner',
      'team',
      '--label',
      'env=prod',
      '--quota-per-hour',
      '10',
      '--sandbox',
      '--source-ip',
      '203.0.113.0/24',
      '--valid-until',
      '2030-01-01',
      '--envelope-sender',
      '*@bounce.example.com',
      '--recipient',
      '*@example.org',
      '--description',
      'For Jane',
      '--rotate-after-days',
      '90',
      '--reveal-limit',
      '3',
    );
    expect(made).toMatchObject({ username: 'jane', state: 'pending' });
    expect(stored()).toMatchObject({
      allowed_from_addresses: ['jane@example.com', '*@shop.example.com'],
      owner: 'team',
      labels: { env: 'prod' },
      quota_per_hour: 10,
      sandbox: true,
      allowed_source_ips: ['203.0.113.0/24'],
      valid_until: '2030-01-01',
      allowed_envelope_senders: ['*@bounce.example.com'],
      allowed_recipients: ['*@example.org'],
      description: 'For Jane',
      rotate_after_days: 90,
      reveal_limit: 3,
    });
  });

  it('tells all faults, and writes nothing', async () => {
    const error = await refusal('create', 'no space', '--from', 'x');
    expect(error).toMatchObject({ exit: 3, code: 'InvalidAttributes' });
    expect(error.faults.length).toBeGreaterThan(1);
    expect(cli.api.cloud.items.size).toBe(0);
  });

  it('shows the write with --dry-run', async () => {
    const dry = await json('create', 'jane', '--from', 'jane@example.com', '--dry-run');
    expect(dry).toMatchObject({ dry_run: true, writes: [{ write: 'insert' }] });
    expect(cli.api.cloud.items.size).toBe(0);
  });

  it('needs a name for a label', async () => {
    expect(await refusal('create', 'jane', '--from', 'a@example.com', '--label', 'prod')).toMatchObject({ exit: 2 });
  });

  it('ends with 6 if there is one already', async () => {
    put('jane');
    expect(await refusal('create', 'jane', '--from', 'a@example.com')).toMatchObject({
      exit: 6,
      code: 'CredentialExists',
    });
  });
});

describe('--wait', () => {
  /** The API waits with the clock of this machine, so its answers are given here. */
  const outcome = (status: number, state: string) => ({
    status,
    headers: {},
    body: { username: 'jane', state, problems: [], warnings: [], spec_warnings: [], etag: '"1"' },
  });

  it('asks again until the outcome is known', async () => {
    const answers = [outcome(202, 'pending'), outcome(202, 'pending'), outcome(200, 'active')];
    cli.world.intercept = () => answers.shift();
    expect(await json('create', 'jane', '--from', 'jane@example.com', '--wait')).toMatchObject({ state: 'active' });
    expect(cli.requests.map(({ method, path, query }) => `${method} ${path}${query}`)).toEqual([
      'POST /v1/credentials?wait=25',
      'PATCH /v1/credentials/jane?wait=25',
      'PATCH /v1/credentials/jane?wait=25',
    ]);
    // An empty patch writes nothing.
    expect(cli.requests[1]?.body).toEqual({});
  });

  it('ends with 1 if it failed', async () => {
    cli.world.intercept = () => outcome(200, 'failed');
    expect(await cli.run('enable', 'jane', '--wait')).toMatchObject({ exit: 1 });
  });

  it('ends with 4 when the time is over', async () => {
    cli.world.intercept = (_method, _path, { query }) => {
      cli.api.clock.nowMs += Number(query?.['wait']) * 1000;
      return outcome(202, 'disabling');
    };
    expect(await cli.run('disable', 'jane', '--wait', '--timeout', '40')).toMatchObject({ exit: 4 });
    expect(cli.requests.map(({ query }) => query)).toEqual(['?wait=25', '?wait=15']);
  });

  it('waits until a contained one is off', async () => {
    put('jane');
    cli.world.intercept = (method) => (method === 'PATCH' ? outcome(200, 'disabled') : undefined);
    expect(await json('contain', 'jane', '--yes', '--wait')).toMatchObject({ credential: { state: 'disabled' } });
    cli.world.intercept = (method, _path, { query }) => {
      if (method !== 'PATCH') return undefined;
      cli.api.clock.nowMs += Number(query?.['wait']) * 1000;
      return outcome(202, 'disabling');
    };
    expect(await cli.run('contain', 'jane', '--yes', '--wait', '--timeout', '30')).toMatchObject({ exit: 4 });
  });

  it('waits until a removed one is gone', async () => {
    put('jane');
    let looks = 0;
    cli.world.intercept = (method) => {
      if (method === 'DELETE') return outcome(202, 'active');
      looks += 1;
      return looks < 3 ? outcome(200, 'active') : { status: 404, headers: {}, body: { code: 'CredentialNotFound' } };
    };
    expect(await json('remove', 'jane', '--yes', '--wait')).toEqual({ username: 'jane', removed: true });
  });
});

describe('sesame list', () => {
  beforeEach(() => {
    put('anna', { owner: 'a', labels: { env: 'prod' } });
    put('bert', {
      allowed_from_addresses: ['*@shop.example.org'],
      status: 'failed',
      failure: { code: 'X', message: 'y' },
    });
  });

  it('answers json with all of a credential', async () => {
    const { credentials, next_cursor } = await json('list');
    expect(credentials.map(({ username }: { username: string }) => username)).toEqual(['anna', 'bert']);
    expect(next_cursor).toBeUndefined();
  });

  it.each([
    [['--status', 'failed'], ['bert']],
    [['--owner', 'A'], ['anna']],
    [['--label', 'env=prod'], ['anna']],
    [['--label', 'env'], ['anna']],
    [['--domain', 'shop.example.org'], ['bert']],
    [['--search', 'ber'], ['bert']],
    [['--search', 'ber', '--owner', 'a'], []],
  ])('filters by %j', async (flags, names) => {
    const { credentials } = await json('list', ...flags);
    expect(credentials.map(({ username }: { username: string }) => username)).toEqual(names);
  });

  it('pages by a cursor', async () => {
    const first = await json('list', '--limit', '1');
    expect(first.credentials).toHaveLength(1);
    const second = await json('list', '--limit', '1', '--cursor', first.next_cursor);
    expect(second.credentials[0].username).toBe('bert');
  });

  it('reads further than one request can', async () => {
    for (let index = 0; index < 1_200; index += 1) put(`n${index}`);
    expect((await json('list', '--all')).credentials).toHaveLength(1_202);
    expect(cli.requests).toHaveLength(2);
    expect((await json('list')).credentials).toHaveLength(1_000);
  });

  it('shows a table, and tab-separated values', async () => {
    const table = await cli.run('list', '--output', 'table');
    expect(table.stdout.split('\n')[0]).toMatch(/^NAME +STATE +SENDERS +OWNER +KEY +PROBLEM$/);
    expect(table.stdout).toMatch(/^anna +active +jane@example.com +a +…MPLE$/m);
    const tsv = await cli.run('list', '--output', 'tsv');
    expect(tsv.stdout.split('\n')[0]).toBe('name\tstate\tsenders\towner\tkey\tdays\tproblem');
    expect(tsv.stdout).toContain('bert\tfailed\t*@shop.example.org\t\t…MPLE\t\tX\n');
  });
});

describe('sesame show', () => {
  it('answers json with the etag that --if-match takes', async () => {
    put('jane');
    const { etag } = await json('show', 'jane');
    await json('edit', 'jane', '--owner', 'x', '--if-match', etag);
    expect(await refusal('edit', 'jane', '--owner', 'y', '--if-match', etag)).toMatchObject({
      exit: 6,
      code: 'RevisionChanged',
    });
    expect(stored()).toMatchObject({ owner: 'x' });
  });

  it("keeps a terminal safe from the record's texts", async () => {
    put('jane', { description: 'red \u001b[31m \u202e\r\nnext' });
    const { stdout } = await cli.run('show', 'jane', '--output', 'table');
    expect(stdout).toContain('red <U+001B>[31m <U+202E><U+000D> next');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there.
    expect(stdout).not.toMatch(/[\u001b\u202e\r]/);
  });
});

describe('sesame edit', () => {
  beforeEach(() => put('jane', { owner: 'team', labels: { env: 'prod', tier: '1' } }));

  it('replaces a list', async () => {
    await json('edit', 'jane', '--from', 'a@example.com', '--from', 'b@example.com');
    expect(stored()).toMatchObject({ allowed_from_addresses: ['a@example.com', 'b@example.com'], owner: 'team' });
    await json('edit', 'jane', '--from', 'c@example.com', 'd@example.com');
    expect(stored()).toMatchObject({ allowed_from_addresses: ['c@example.com', 'd@example.com'] });
  });

  it('adds to a list and removes from it, on what it has read', async () => {
    await json(
      'edit',
      'jane',
      '--add-from',
      'b@example.com',
      '--remove-from',
      'jane@example.com',
      '--add-recipient',
      'x@example.org',
    );
    expect(stored()).toMatchObject({
      allowed_from_addresses: ['b@example.com'],
      allowed_recipients: ['x@example.org'],
    });
    await json('edit', 'jane', '--remove-recipient', 'x@example.org');
    expect(stored()).not.toHaveProperty('allowed_recipients');
    expect(await refusal('edit', 'jane', '--remove-from', 'z@example.com')).toMatchObject({ exit: 2 });
    expect(await refusal('edit', 'jane', '--add-from', 'z@example.com', '--from', 'y@example.com')).toMatchObject({
      exit: 2,
    });
  });

  it('removes attributes and labels', async () => {
    await json('edit', 'jane', '--unset', 'owner', '--unset', 'labels.tier', '--label', 'env=test');
    expect(stored()).toMatchObject({ labels: { env: 'test' } });
    expect(stored()).not.toHaveProperty('owner');
  });

  it('switches off what can be switched', async () => {
    await json('edit', 'jane', '--sandbox');
    expect(stored()).toMatchObject({ sandbox: true });
    await json('edit', 'jane', '--no-sandbox');
    expect(stored()).toMatchObject({ sandbox: false });
  });

  it('refuses arguments that belong to no flag', async () => {
    expect(await refusal('edit', 'jane', 'x@example.com')).toMatchObject({ exit: 2 });
  });

  it('opens no editor without a terminal', async () => {
    expect(await refusal('edit', 'jane')).toMatchObject({
      exit: 2,
      message: expect.stringContaining('--from PATTERN'),
    });
  });
});

describe('sesame edit in an editor', () => {
  beforeEach(() => {
    put('jane', { owner: 'team', labels: { env: 'prod', tier: '1' } });
    cli.world.isTerminal = true;
  });

  it('writes what was changed, and removes what is gone', async () => {
    cli.world.edit = (text) => text.replace('owner: team\n', '').replace('tier: "1"', 'stage: x');
    expect(await cli.run('edit', 'jane')).toMatchObject({ exit: 0 });
    expect(stored()).toMatchObject({ labels: { env: 'prod', stage: 'x' } });
    expect(stored()?.['labels']).not.toHaveProperty('tier');
    expect(stored()).not.toHaveProperty('owner');
  });

  it('writes nothing if nothing was changed', async () => {
    expect(await cli.run('edit', 'jane')).toMatchObject({ exit: 0, stderr: 'Nothing was changed.\n' });
    expect(cli.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it('writes nothing if the file was emptied', async () => {
    cli.world.edit = () => '\n';
    expect(await cli.run('edit', 'jane')).toMatchObject({ exit: 0, stderr: 'Nothing was changed.\n' });
    expect(cli.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  it.each([
    ['left as it was refused', (text: string) => text.replace('jane@example.com', 'nobody')],
    ['written anew', () => 'allowed_from_addresses: [nobody]\n'],
  ])('ends with the faults if the refused text is %s', async (_how, edit) => {
    cli.world.edit = edit;
    const { exit, stderr } = await cli.run('edit', 'jane');
    expect(exit).toBe(3);
    expect(stderr).toContain('has no "@"');
  });

  it('shows faults above their lines until there are none', async () => {
    const texts: string[] = [];
    cli.world.edit = (text) => {
      texts.push(text);
      if (texts.length === 1) return text.replace('jane@example.com', 'nobody');
      if (texts.length === 2) return text.replace('- nobody', '- "unclosed');
      return text.replace('"unclosed', 'b@example.com');
    };
    expect(await cli.run('edit', 'jane')).toMatchObject({ exit: 0 });
    expect(texts[1]).toMatch(/^# FAULT allowed_from_addresses: "nobody" has no "@".*\nallowed_from_addresses:\n/m);
    expect(texts[2]).toContain('# FAULT ');
    expect(texts[2]).not.toContain('has no "@"');
    expect(stored()).toMatchObject({ allowed_from_addresses: ['b@example.com'] });
  });

  it('does not overwrite what somebody else changed meanwhile', async () => {
    cli.world.edit = (text) => {
      put('jane', { owner: 'other' });
      return text.replace('owner: team', 'owner: mine');
    };
    expect(await cli.run('edit', 'jane')).toMatchObject({ exit: 6 });
    expect(stored()).toMatchObject({ owner: 'other' });
  });
});

describe('sesame disable, enable, rotate, remove, contain, verify', () => {
  beforeEach(() => put('jane'));

  it('write the record', async () => {
    expect(await json('disable', 'jane')).toMatchObject({ status: 'disabled' });
    expect(await json('enable', 'jane')).toMatchObject({ status: 'pending' });
    put('jane');
    expect(await json('rotate', 'jane')).toMatchObject({ rotate_requested: true });
    await json('remove', 'jane', '--yes');
    expect(stored()).toBeUndefined();
  });

  it('show the write with --dry-run', async () => {
    for (const command of ['disable', 'rotate', 'remove']) {
      expect(await json(command, 'jane', '--dry-run'), command).toMatchObject({ dry_run: true });
    }
    const contained = await json('contain', 'jane', '--dry-run', '--reason', 'Found in a repository');
    expect(contained).toMatchObject({
      actions: [
        expect.stringMatching(/^Deny everything to .*jane/),
        expect.stringMatching(/^Make every key .* Inactive/),
      ],
      writes: [{ write: 'edit', set: { status: 'disabled', contained: { reason: 'Found in a repository' } } }],
    });
    expect(await json('verify', 'jane', '--dry-run')).toMatchObject({ actions: [expect.stringMatching(/verifier/)] });
    expect(stored()).toEqual({ ...activeItem, iam_user_arn: arnOf('jane') });
  });

  it('contain in this order, and enable only on purpose', async () => {
    const contained = await json('contain', 'jane', '--yes', '--since', '2h', '--reason', 'Found in a repository');
    expect(contained.steps.map(({ step }: { step: string }) => step)).toEqual(['deny', 'deactivate-keys', 'disable']);
    expect(contained.sent_since.since).toBe('2026-11-26T08:00:00.000Z');
    expect(stored()).toMatchObject({ status: 'disabled', contained: { reason: 'Found in a repository' } });
    expect(await refusal('enable', 'jane')).toMatchObject({ code: 'CredentialContained', exit: 6 });
    await json('enable', 'jane', '--lift-containment');
    expect(await refusal('contain', 'jane', '--yes', '--since', 'yesterday')).toMatchObject({ exit: 2 });
  });

  it('verify until the login is known', async () => {
    cli.world.onSleep = () => put('jane', { verified_key: 'AKIAEXAMPLE', verified_access_key_id: 'AKIAEXAMPLE' });
    const { exit } = await cli.run('verify', 'jane', '--wait', '--timeout', '3');
    expect([0, 4]).toContain(exit);
    expect(await json('verify', 'jane')).toMatchObject({ username: 'jane' });
  });
});

describe('sesame rotate --all', () => {
  beforeEach(() => {
    put('anna');
    put('bert', { owner: 'b' });
    put('carl', { status: 'disabled' });
  });

  it('rotates the active ones that match, with a pause between them', async () => {
    const before = cli.api.clock.nowMs;
    const { rotations } = await json('rotate', '--all', '--yes', '--pace', '5');
    expect(rotations).toEqual([
      { username: 'anna', result: 'started' },
      { username: 'bert', result: 'started' },
    ]);
    expect(cli.api.clock.nowMs - before).toBe(5_000);
    expect(stored('carl')).not.toHaveProperty('rotate_requested');
  });

  it('only tells with --dry-run', async () => {
    const { rotations } = await json('rotate', '--all', '--dry-run', '--owner', 'b');
    expect(rotations).toEqual([{ username: 'bert', result: 'would start' }]);
    expect(stored('bert')).not.toHaveProperty('rotate_requested');
  });

  it('goes on after one that fails, and ends with 1', async () => {
    cli.world.intercept = (_method, path) =>
      path.endsWith('/anna/rotate')
        ? { status: 409, headers: {}, body: { code: 'CredentialNotActive', detail: 'No.' } }
        : undefined;
    const { exit, stdout } = await cli.run('rotate', '--all', '--yes');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).rotations).toEqual([
      { username: 'anna', result: 'failed', message: 'No.' },
      { username: 'bert', result: 'started' },
    ]);
  });

  it('tells what was started before a denial', async () => {
    cli.world.intercept = (_method, path) =>
      path.endsWith('/bert/rotate')
        ? { status: 403, headers: {}, body: { code: 'AccessDenied', detail: 'No.' } }
        : undefined;
    const { exit, stdout } = await cli.run('rotate', '--all', '--yes');
    expect(exit).toBe(1);
    expect(JSON.parse(stdout).rotations).toEqual([
      { username: 'anna', result: 'started' },
      { username: 'bert', result: 'failed', message: 'No.' },
    ]);
  });

  it.each([
    ['anna', '--pace', '5'],
    ['anna', '--owner', 'b'],
    ['--all', '--yes', '--wait'],
    ['--report', '--if-match', 'x'],
  ])('refuses flags that it would ignore: %s %s %s', async (...args) => {
    expect(await refusal('rotate', ...args)).toMatchObject({ code: 'UsageError', exit: 2 });
    expect(stored('anna')).not.toHaveProperty('rotate_requested');
  });

  it('reports who still uses an old password', async () => {
    put('anna', {
      previous_key: {
        access_key_id: 'AKIAOLD',
        retire_after: '2026-11-20T10:00:00.000Z',
        reported_at: '2026-11-25T10:00:00.000Z',
      },
    });
    const { exit, stdout } = await cli.run('rotate', '--report');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toHaveProperty('rotations');
  });

  it.each([[['rotate']], [['rotate', 'anna', '--all', '--yes']], [['rotate', '--all', '--report', '--yes']]])(
    'refuses %j',
    async (args) => {
      expect(await refusal(...args)).toMatchObject({ exit: 2 });
    },
  );
});

describe('sesame reveal and exec', () => {
  beforeEach(() => put('jane'));

  it('print the password alone, on stdout only', async () => {
    expect(await cli.run('reveal', 'jane')).toEqual({ exit: 0, stdout: `${fakePassword}\n`, stderr: '' });
    expect(await cli.run('reveal', 'jane', '--output', 'table')).toMatchObject({ stdout: `${fakePassword}\n` });
    expect(await json('reveal', 'jane', '--output', 'json')).toMatchObject({
      smtp_username: 'AKIAEXAMPLE',
      smtp_password: fakePassword,
      ports: { starttls: 587, tls: 465 },
    });
    expect(cli.api.events).toEqual(['revealed', 'revealed', 'revealed']);
  });

  it("set the program's environment, and end with its exit code", async () => {
    const ran = await cli.run('exec', 'jane', '--', 'mailer', '--to', 'x', '-v');
    expect(ran).toEqual({ exit: 7, stdout: '', stderr: '' });
    expect(cli.children).toEqual([
      {
        line: ['mailer', '--to', 'x', '-v'],
        environment: {
          SMTP_HOST: 'email-smtp.eu-west-1.amazonaws.com',
          SMTP_PORT: '465',
          SMTP_USERNAME: 'AKIAEXAMPLE',
          SMTP_PASSWORD: fakePassword,
          SMTP_URL: `smtps://AKIAEXAMPLE:${fakePassword}@email-smtp.eu-west-1.amazonaws.com:465`,
        },
      },
    ]);
  });

  it('percent-encode the password, and take flags of this program before the name', async () => {
    cli.world.intercept = () => ({
      status: 200,
      headers: {},
      body: { smtp_username: 'A', smtp_password: 'a/b+c=@:', smtp_host: 'h', ports: { starttls: 587, tls: 465 } },
    });
    await cli.run('exec', '--starttls', 'jane', '--', 'mailer');
    expect(cli.children[0]?.environment).toMatchObject({
      SMTP_URL: 'smtp://A:a%2Fb%2Bc%3D%40%3A@h:587',
      SMTP_PASSWORD: 'a/b+c=@:',
    });
  });

  it('need a program', async () => {
    expect(await refusal('exec', 'jane')).toMatchObject({ exit: 2, message: 'Missing: COMMAND.' });
    expect(await refusal('exec', 'jane', '--')).toMatchObject({ exit: 2 });
  });
});

describe('sesame can', () => {
  it.each([
    [true, 0],
    [false, 3],
    [null, 4],
  ])('accepted %s ends with %i', async (accepted, exit) => {
    const body = { accepted, reply: '554 No', reasons: [{ code: 'A', message: 'b', state: 'refused' }] };
    cli.world.intercept = () => ({ status: 200, headers: {}, body });
    const ran = await cli.run(
      'can',
      'jane',
      '--from',
      'a@example.com',
      '--to',
      'b@example.org',
      '--to',
      'c@example.org',
      '--source-ip',
      '203.0.113.7',
      '--envelope',
      'e@example.com',
    );
    expect(ran.exit).toBe(exit);
    expect(JSON.parse(ran.stdout)).toEqual(body);
    expect(cli.requests[0]).toMatchObject({
      method: 'POST',
      path: '/v1/credentials/jane/check',
      body: {
        from: 'a@example.com',
        envelope: 'e@example.com',
        to: ['b@example.org', 'c@example.org'],
        sourceIp: '203.0.113.7',
      },
    });
    const table = await cli.run('can', 'jane', '--from', 'a@example.com', '--to', 'b@example.org', '--output', 'table');
    expect(table.stdout).toContain('554 No');
  });
});

describe('sesame policy', () => {
  const arn = 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764151200000';
  const boundary = 'arn:aws:iam::123456789012:policy/smtp-user-boundary';
  const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] };

  async function addUser() {
    put('jane', { status: 'active', iam_user_arn: arn, allowed_from_addresses: ['jane@example.com'] });
    const user = cli.api.iam.addUser('jane', arn, boundary);
    const { wanted } = JSON.parse((await cli.run('policy', 'jane')).stdout);
    user.inline.set('sesame-sending', wanted.document);
    return user;
  }

  it('ends with 0 where IAM holds what is wanted', async () => {
    await addUser();
    const { exit, stdout } = await cli.run('policy', 'jane');
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      matches: true,
      iam_user: { state: 'present', arn },
      held: { inline: [{ name: 'sesame-sending', kind: 'sending' }], attached: [], permissions_boundary: boundary },
      differences: [],
    });
  });

  it('shows wanted, held and difference, and ends with 3', async () => {
    const user = await addUser();
    user.inline.set('sesame-sending', deny);
    user.inline.set('by-hand', deny);
    const { exit, stdout } = await cli.run('policy', 'jane', '--output', 'table');
    expect(exit).toBe(3);
    expect(stdout).toMatch(/^matches\s+no$/m);
    expect(stdout).toMatch(/^finding\s+ForeignPolicy: The IAM user has the inline policy by-hand/m);
    expect(stdout).toMatch(/^difference\s+Statement: IAM lacks\s+\{"Effect":"Allow"/m);
    expect(stdout).toMatch(/^wanted\s+inline/m);
    expect(stdout).toMatch(/^by-hand\s+foreign\s+inline\s+\{ "Version": "2012-10-17"/m);
    const tsv = await cli.run('policy', 'jane', '--output', 'tsv');
    expect(tsv.stdout).toContain('"Effect": "Deny"');
  });

  it('ends with 4 where it is unknown', async () => {
    await addUser();
    cli.api.iam.denied.add('iam:GetUserPolicy');
    const { exit, stdout } = await cli.run('policy', 'jane', '--output', 'table');
    expect(exit).toBe(4);
    expect(stdout).toMatch(/^matches\s+unknown$/m);
    cli.api.iam.denied.add('iam:ListUserPolicies');
    expect(JSON.parse((await cli.run('policy', 'jane')).stdout)).toMatchObject({
      matches: null,
      held: { inline: null },
    });
  });

  it('why mentions what differs, and not what Sesame is about to do', async () => {
    const user = await addUser();
    expect((await json('why', 'jane')).next).toEqual([expect.stringContaining('Nothing is wrong here')]);
    user.inline.set('sesame-contained', deny);
    const { policy, next } = await json('why', 'jane');
    expect(policy).toMatchObject({ matches: false });
    expect(next).toEqual([expect.stringContaining('sesame enable jane --lift-containment')]);
    user.inline.set('by-hand', deny);
    expect((await json('why', 'jane')).next).toEqual([
      expect.any(String),
      expect.stringContaining('sesame policy jane'),
    ]);
    expect((await cli.run('why', 'jane', '--output', 'table')).stdout).toMatch(/^policy\s+An explicit deny/m);
    put('anna', { status: 'pending' });
    expect((await json('why', 'anna')).next).toEqual([expect.stringContaining('Wait')]);
  });
});

describe('sesame why, stats, violations, top, watch, export', () => {
  beforeEach(() =>
    put('jane', { status: 'failed', failure: { code: 'InvalidRecord', message: 'It is odd.' }, owner: '=cmd()' }),
  );

  it('why names the problem and what to do', async () => {
    expect(await json('why', 'jane')).toMatchObject({
      state: 'failed',
      problems: [{ code: 'InvalidRecord' }],
      next: [expect.stringContaining('sesame edit jane')],
    });
    const table = await cli.run('why', 'jane', '--output', 'table');
    expect(table.stdout).toContain('InvalidRecord: It is odd.');
  });

  it('why leaves out what may not be read', async () => {
    cli.world.intercept = (_method, path) =>
      /statistics|violations|policy/.test(path)
        ? { status: 403, headers: {}, body: { message: 'Forbidden' } }
        : undefined;
    expect(await json('why', 'jane')).toMatchObject({ windows: null, violations: null, policy: null });
  });

  it('stats and violations show windows', async () => {
    expect(await json('stats', 'jane')).toMatchObject({ windows: { hour: { sends: 0 } } });
    expect((await cli.run('stats', 'jane', '--output', 'tsv')).stdout).toContain('hard bounces\t0\t0\t0\t0');
    expect(await json('violations', 'jane')).toMatchObject({ windows: { hour: 0 }, hours: [] });
  });

  it('top sorts by what is asked for', async () => {
    put('anna');
    const counts: Record<string, number> = { jane: 3, anna: 9 };
    cli.world.intercept = (_method, path) => {
      const name = /credentials\/(\w+)\/statistics/.exec(path)?.[1];
      return name === undefined
        ? undefined
        : { status: 200, headers: {}, body: { windows: { day: { sends: 1, hard_bounces: counts[name] } } } };
    };
    const { credentials } = await json('top', '--by', 'bounces');
    expect(credentials.map(({ username }: { username: string }) => username)).toEqual(['anna', 'jane']);
    expect((await json('top', '--by', 'complaints')).credentials).toEqual([]);
  });

  it('watch writes each change, until a state has come', async () => {
    put('jane', { status: 'pending', failure: { code: 'A', message: 'b' } });
    const items = [{ status: 'pending' }, { status: 'active' }];
    cli.world.onSleep = () => put('jane', items.shift() ?? {});
    const { exit, stdout } = await cli.run('watch', 'jane', '--until', 'active');
    expect(exit).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).state),
    ).toEqual(['pending', 'pending', 'active']);
    cli.world.onSleep = () => {};
    expect(await cli.run('watch', 'jane', '--until', 'disabled', '--timeout', '5')).toMatchObject({ exit: 4 });
    cli.world.onSleep = () => cli.api.cloud.items.delete('jane');
    expect(await cli.run('watch', 'jane', '--until', 'removed', '--output', 'tsv')).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/\tremoved\n$/),
    });
  });

  it('watch looks until its time is over, however long the pause is', async () => {
    put('jane', { status: 'pending' });
    cli.world.onSleep = () => put('jane');
    expect(await cli.run('watch', 'jane', '--until', 'active', '--timeout', '1', '--interval', '60')).toMatchObject({
      exit: 0,
    });
  });

  it('watch ends with 1 when what is awaited can not come', async () => {
    expect(await cli.run('watch', '--status', 'failed', '--until', 'active')).toMatchObject({ exit: 1 });
  });

  it('export writes csv that no spreadsheet runs', async () => {
    const { stdout } = await cli.run('export', '--format', 'csv');
    expect(stdout).toMatch(/^username,state,owner,allowed_from_addresses,access_key_id,/);
    expect(stdout).toContain("jane,failed,'=cmd(),jane@example.com,AKIAEXAMPLE,");
    expect(stdout).not.toContain('ciphertext');
    expect((await json('export')).credentials).toHaveLength(1);
  });
});
