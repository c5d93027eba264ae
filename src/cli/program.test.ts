import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeCli } from '../../test/support/fake-cli.ts';
import { catalogue } from './catalogue.ts';

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
});

const errorOf = (stderr: string) => JSON.parse(stderr).error as { code: string; message: string; remedy?: string };

describe('the program', () => {
  it('shows its help without arguments', async () => {
    const { exit, stdout } = await cli.run();
    expect(exit).toBe(0);
    for (const { path } of catalogue) expect(stdout).toContain(path[0]);
  });

  it('shows its version among other flags', async () => {
    expect(await cli.run('--version', '--quiet')).toEqual({ exit: 0, stdout: '1.2.3\n', stderr: '' });
  });

  it.each(catalogue.map(({ path }) => path.join(' ')))(
    'shows the help of %s, and needs nothing for it',
    async (name) => {
      const direct = await cli.run(...name.split(' '), '--help');
      expect(direct).toMatchObject({ exit: 0, stderr: '' });
      expect(direct.stdout).toContain(`Usage: sesame ${name}`);
      expect(direct.stdout).toContain('Examples:');
      expect(await cli.run('help', ...name.split(' '))).toEqual(direct);
      expect(cli.requests).toEqual([]);
    },
  );

  it.each([
    [['lsit'], 'Did you mean list?'],
    [['list', '--bogus'], "Unknown option '--bogus'"],
    [['show', 'a', 'b'], 'Too many arguments'],
    [['list', '--limit', 'x'], 'a whole number from 1 to'],
    [['list', '--output', 'xml'], 'Allowed choices are json, table, tsv'],
    [['list', '--status', 'odd'], 'Allowed choices are pending'],
    [['dlq'], 'needs a command: list, show, redrive, drop'],
    [['dlq', 'lost'], "Unknown command 'lost'"],
    [['create'], 'Missing: NAME, --from PATTERN.'],
    [['can', 'jane'], 'Missing: --from ADDRESS, --to ADDRESS.'],
    [['completion', 'tcsh'], 'one of bash, zsh, fish'],
    [['--output', 'json'], 'A command is missing.'],
    [['list', '--dry-run'], 'This command has no --dry-run.'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { exit, stdout, stderr } = await cli.run(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(errorOf(stderr)).toMatchObject({ code: 'UsageError', message: expect.stringContaining(message) });
    expect(cli.requests).toEqual([]);
  });

  it('takes flags of all commands before and after the name of a command', async () => {
    await cli.run('--deployment', 'mail', 'list', '--region', 'eu-west-1', '--quiet');
    expect(cli.world.flags).toMatchObject({ deployment: 'mail', region: 'eu-west-1', quiet: true });
    await cli.run('dlq', '--profile', 'p', 'list', '--profile', 'q', '--no-color');
    expect(cli.world.flags).toMatchObject({ profile: 'q', color: false });
  });

  it('writes errors for people where people asked for a table', async () => {
    const { exit, stderr } = await cli.run('show', 'nobody', '--output', 'table');
    expect(exit).toBe(5);
    expect(stderr).toMatch(/^sesame: There is no credential "nobody"/);
    cli.world.isTerminal = true;
    const onTerminal = await cli.run('show', 'nobody');
    expect(onTerminal.stderr).toMatch(/^sesame: There is no credential "nobody"/);
    expect(onTerminal.stderr).toContain('`sesame list` shows all names.');
    expect(errorOf((await cli.run('show', 'nobody', '--output', 'json')).stderr).code).toBe('CredentialNotFound');
  });
});

describe('what destroys', () => {
  const destroying = [
    ['remove', 'jane'],
    ['contain', 'jane'],
    ['rotate', '--all'],
    ['dlq', 'drop', 'id'],
  ];

  it.each(destroying)('%s %s needs --yes where nobody can answer', async (...args) => {
    const { exit, stderr } = await cli.run(...args);
    expect(exit).toBe(2);
    expect(errorOf(stderr).message).toMatch(/^Missing: --yes\. /);
    expect(cli.requests).toEqual([]);
  });

  it('is all that asks', () => {
    const named = destroying.map(([first, second]) => (first === 'dlq' ? `${first} ${second}` : first));
    return Promise.all(catalogue.map(async ({ path, load }) => ({ name: path.join(' '), command: await load() }))).then(
      (all) =>
        expect(
          all
            .filter(({ command }) => command.confirm)
            .map(({ name }) => name)
            .sort(),
        ).toEqual(named.sort()),
    );
  });
});

describe('a problem of the API', () => {
  const answer = (status: number, body: unknown) => {
    cli.world.intercept = () => ({ status, headers: { 'x-request-id': 'r-1' }, body });
    return cli.run('show', 'jane');
  };

  it.each([
    [400, 'InvalidCursor', 3],
    [403, 'AccessDeniedException', 7],
    [404, 'CredentialNotFound', 5],
    [404, 'RouteNotFound', 1],
    [409, 'CredentialExists', 6],
    [412, 'RevisionChanged', 6],
    [422, 'InvalidAttributes', 3],
    [429, 'ThrottlingException', 1],
    [503, 'ServiceUnavailable', 1],
    [504, 'Timeout', 4],
  ])('%i %s ends with exit code %i', async (status, code, exit) => {
    const ran = await answer(status, { code, detail: 'Words.', faults: [{ attribute: 'a', code: 'B', message: 'c' }] });
    expect(ran.exit).toBe(exit);
    expect(errorOf(ran.stderr)).toMatchObject({
      code,
      message: 'Words.',
      faults: [{ attribute: 'a', code: 'B', message: 'c' }],
      request_id: 'r-1',
    });
  });

  it("is read from API Gateway's own refusal too, and from what is no JSON", async () => {
    const refused = await answer(403, { message: 'Forbidden' });
    expect(refused.exit).toBe(7);
    expect(errorOf(refused.stderr)).toMatchObject({ code: 'AccessDenied', message: 'Forbidden' });
    const page = await answer(502, undefined);
    expect(page.exit).toBe(1);
    expect(errorOf(page.stderr)).toMatchObject({ code: 'ApiError', message: 'The API answered 502.' });
  });

  it.each([
    [
      'CredentialsProviderError',
      'x failed: CredentialsProviderError: Could not load any. More.',
      7,
      'NoAwsCredentials',
    ],
    ['ExpiredTokenException', 'x', 7, 'ExpiredTokenException'],
    ['Error', 'x failed: Error: Region is missing. More.', 2, 'RegionMissing'],
  ])("of the caller's own AWS settings says what to do: %s", async (code, detail, exit, shown) => {
    const ran = await answer(503, { code, detail });
    expect(ran.exit).toBe(exit);
    expect(errorOf(ran.stderr).code).toBe(shown);
    expect(errorOf(ran.stderr).remedy).toBeDefined();
  });
});
