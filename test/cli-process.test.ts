import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCli } from '../scripts/build/build-cli.ts';
import { catalogue } from '../src/cli/catalogue.ts';
import { createCliProcess, findProgram } from './support/cli-process.ts';
import { fakePassword } from './support/fake-api.ts';
import { findShell } from './support/find-shell.ts';

const root = join(import.meta.dirname, '..');
const execFileAsync = promisify(execFile);
const ownNode = findProgram('node') ?? process.execPath;

let cli: Awaited<ReturnType<typeof createCliProcess>>;
beforeAll(async () => {
  cli = await createCliProcess();
}, 60_000);
afterAll(() => cli.close());
beforeEach(() => {
  cli.api.cloud.items.clear();
  cli.api.requests.length = 0;
});

const activeItem = {
  status: 'active',
  access_key_id: 'AKIAEXAMPLE',
  encrypted_password: 'ciphertext',
  iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764151200000',
  allowed_from_addresses: ['jane@example.com'],
};
const withApi = (...args: string[]) => ['--api', cli.api.url, ...args];

describe('sesame as a process', () => {
  it.each([process.execPath, ownNode])('runs on %s', async (node) => {
    const version = await cli.run(['--version'], { node });
    expect(version).toEqual({ exit: 0, stdout: `${packageVersion()}\n`, stderr: '' });
    cli.api.cloud.put('jane', activeItem);
    const list = await cli.run(withApi('list'), { node });
    expect(list).toMatchObject({ exit: 0, stderr: '' });
    expect(JSON.parse(list.stdout).credentials).toHaveLength(1);
  });

  it('shows the help of every command', async () => {
    const names = catalogue.map(({ path }) => path);
    expect(names.length).toBeGreaterThan(30);
    for (const path of names) {
      const { exit, stdout, stderr } = await cli.run([...path, '--help']);
      expect({ exit, stderr }, path.join(' ')).toEqual({ exit: 0, stderr: '' });
      expect(stdout).toMatch(new RegExp(`^Usage: sesame ${path.join(' ')}`));
    }
  });

  it('signs every request, with the flags and the environment of AWS', async () => {
    await cli.run(withApi('create', 'jane', '--from', 'jane@example.com'));
    await cli.run(withApi('--region', 'us-west-2', 'show', 'jane'));
    expect(cli.api.requests.map(({ line }) => line)).toEqual(['POST /v1/credentials', 'GET /v1/credentials/jane']);
    const [first, second] = cli.api.requests.map(({ authorization }) => authorization);
    expect(first).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-west-1\/execute-api\//);
    expect(second).toContain('/us-west-2/execute-api/');
  });

  it.each([
    ['json', /^\{\n {2}"credentials": \[/],
    ['table', /^NAME +STATE +SENDERS +KEY\njane +active +jane@example.com +…MPLE\n$/],
    ['tsv', /^name\tstate\tsenders\towner\tkey\tdays\tproblem\njane\tactive\t/],
  ])('writes %s', async (form, pattern) => {
    cli.api.cloud.put('jane', activeItem);
    const { exit, stdout, stderr } = await cli.run(withApi('list', '--output', form));
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(pattern);
  });

  it.each([
    [['show', 'nobody'], 5, 'CredentialNotFound'],
    [['create', 'jane', '--from', 'x'], 3, 'InvalidAttributes'],
    [['edit', 'jane', '--owner', 'x', '--if-match', '"old"'], 6, 'RevisionChanged'],
    [['remove', 'jane'], 2, 'UsageError'],
    [['create'], 2, 'UsageError'],
    [['bogus'], 2, 'UsageError'],
  ])('ends %j with %i, and the error as JSON on stderr', async (args, code, name) => {
    cli.api.cloud.put('jane', activeItem);
    const { exit, stdout, stderr } = await cli.run(withApi(...args));
    expect({ exit, stdout }).toEqual({ exit: code, stdout: '' });
    expect(JSON.parse(stderr).error.code).toBe(name);
  });

  it('says what is missing: credentials, a Region, an API', async () => {
    const noKeys = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const denied = await cli.run(withApi('list'), { environment: noKeys });
    expect(denied.exit).toBe(7);
    expect(JSON.parse(denied.stderr).error).toMatchObject({ code: 'NoAwsCredentials', remedy: expect.any(String) });
    const nowhere = await cli.run(withApi('list'), { environment: { AWS_REGION: '' } });
    expect(nowhere.exit).toBe(2);
    expect(JSON.parse(nowhere.stderr).error.code).toBe('RegionMissing');
    const gone = await cli.run(['--api', 'http://127.0.0.1:9', 'list']);
    expect(gone.exit).toBe(1);
    expect(JSON.parse(gone.stderr).error.code).toBe('ApiUnreachable');
  });

  it.each([
    ['text/html', '<html>Welcome</html>'],
    ['application/json', '{}'],
    ['application/json', 'null'],
  ])('takes no other server for the API: %s %s', async (type, body) => {
    const other = createHttpServer((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as AddressInfo;
    for (const args of [['list'], ['reveal', 'jane'], ['remove', 'jane', '--yes'], ['exec', 'jane', '--', 'true']]) {
      const { exit, stdout, stderr } = await cli.run(['--api', `http://127.0.0.1:${port}`, ...args]);
      expect({ exit, stdout }, args.join(' ')).toEqual({ exit: 1, stdout: '' });
      expect(JSON.parse(stderr).error.code).toBe('NotSesameApi');
    }
    other.close();
  });

  it('says in a line that its output can not be written', async () => {
    const shell = ['-c', `"$0" "$@" > /dev/full`, process.execPath, cli.program, 'commands', '--json'];
    const failed = await execFileAsync('sh', shell, { env: cli.env }).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^sesame: The output can't be written: ENOSPC.*\n$/),
    });
  });

  it('uses the deployment of the config file, and refuses a wrong one', async () => {
    const environment = { XDG_CONFIG_HOME: join(cli.folder, 'config') };
    const add = (name: string, url: string) =>
      cli.run(['deployments', 'add', name, '--api', url, '--region', 'eu-west-1'], { environment });
    expect(await add('here', cli.api.url)).toMatchObject({ exit: 0 });
    expect(await add('there', 'http://127.0.0.1:9')).toMatchObject({ exit: 0 });
    expect(await cli.run(['list'], { environment })).toMatchObject({ exit: 0 });
    expect(await cli.run(['list', '--deployment', 'there'], { environment })).toMatchObject({ exit: 1 });
    const there = { ...environment, SESAME_DEPLOYMENT: 'there' };
    expect(await cli.run(['list'], { environment: there })).toMatchObject({ exit: 1 });
    expect(await cli.run(['list', '--deployment', 'here'], { environment: there })).toMatchObject({ exit: 0 });
    expect(statSync(join(cli.folder, 'config', 'sesame', 'config.json')).mode & 0o777).toBe(0o600);
  });

  it('stops quietly when the reader of its output leaves', () => {
    for (let index = 0; index < 2_000; index += 1) cli.api.cloud.put(`name-${index}`, activeItem);
    const child = spawn(process.execPath, [cli.program, ...withApi('list', '--all')], { env: cli.env });
    child.stdin.end();
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.stdout.once('data', () => child.stdout.destroy());
    return new Promise<void>((resolve) => {
      child.once('close', (code) => {
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        resolve();
      });
    });
  });
});

describe('a password', () => {
  beforeEach(() => cli.api.cloud.put('jane', activeItem));

  it('comes alone through a pipe', async () => {
    expect(await cli.run(withApi('reveal', 'jane'))).toEqual({ exit: 0, stdout: `${fakePassword}\n`, stderr: '' });
  });

  it("is in the child's environment only, and on no disk", async () => {
    const script =
      'console.log(process.env.SMTP_PASSWORD, process.env.SMTP_URL, process.argv.slice(2).join()); process.exit(17)';
    writeFileSync(join(cli.folder, 'child.mjs'), script);
    mkdirSync(join(cli.folder, 'tmp'), { recursive: true });
    const ran = await cli.run(withApi('exec', 'jane', '--', process.execPath, 'child.mjs', '--flag', '--', 'x'), {
      environment: { TMPDIR: join(cli.folder, 'tmp') },
    });
    expect(ran).toEqual({
      exit: 17,
      stdout: `${fakePassword} smtps://AKIAEXAMPLE:${fakePassword}@email-smtp.eu-west-1.amazonaws.com:465 --flag,--,x\n`,
      stderr: '',
    });
    expect(readdirSync(join(cli.folder, 'tmp'))).toEqual([]);
    expect(existsSync(join(cli.folder, 'home'))).toBe(false);
  });

  it('hands signals to the child, and ends as it does', async () => {
    const script =
      'process.on("SIGTERM", () => { console.log("got it"); process.exit(9); }); console.log("ready"); setInterval(() => {}, 1e6);';
    writeFileSync(join(cli.folder, 'waits.mjs'), script);
    const child = spawn(
      process.execPath,
      [cli.program, ...withApi('exec', 'jane', '--', process.execPath, 'waits.mjs')],
      {
        cwd: cli.folder,
        env: cli.env,
      },
    );
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout === 'ready\n') child.kill('SIGTERM');
    });
    const code = await new Promise((resolve) => {
      child.once('close', resolve);
    });
    expect({ code, stdout }).toEqual({ code: 9, stdout: 'ready\ngot it\n' });
  });
});

describe('on a terminal', () => {
  it('it writes tables in colours, unless NO_COLOR is set', async () => {
    cli.api.cloud.put('jane', activeItem);
    const coloured = await cli.runInTerminal(withApi('list'));
    expect(coloured).toMatchObject({ exit: 0, output: expect.stringContaining('\u001b[32mactive\u001b[39m') });
    const plain = await cli.runInTerminal(withApi('list'), [], { NO_COLOR: '1' });
    expect(plain.output).toMatch(/NAME +STATE/);
    expect(plain.output).not.toContain('\u001b[3');
    expect((await cli.runInTerminal(withApi('list', '--no-color'))).output).not.toContain('\u001b[3');
  });

  it('it asks before it removes, and takes no for an answer', async () => {
    cli.api.cloud.put('jane', activeItem);
    const no = await cli.runInTerminal(withApi('remove', 'jane'), [['for good?', '\r']]);
    expect(no).toMatchObject({ exit: 8, stepsLeft: 0, output: expect.stringContaining('Nothing was done.') });
    expect(cli.api.cloud.items.has('jane')).toBe(true);
    const stopped = await cli.runInTerminal(withApi('remove', 'jane'), [['for good?', '\u0003']]);
    expect(stopped).toMatchObject({ exit: 130, stepsLeft: 0 });
    expect(cli.api.cloud.items.has('jane')).toBe(true);
    const yes = await cli.runInTerminal(withApi('remove', 'jane'), [['for good?', 'y']]);
    expect(yes).toMatchObject({ exit: 0, stepsLeft: 0 });
    expect(cli.api.cloud.items.has('jane')).toBe(false);
  });

  it('it asks for what is missing', async () => {
    const { exit, stepsLeft } = await cli.runInTerminal(withApi('create'), [
      ['NAME', 'jane\r'],
      ['--from', 'jane@example.com\r'],
    ]);
    expect({ exit, stepsLeft }).toEqual({ exit: 0, stepsLeft: 0 });
    expect(cli.api.cloud.items.get('jane')).toMatchObject({ allowed_from_addresses: ['jane@example.com'] });
  });

  it('it opens the editor', async () => {
    cli.api.cloud.put('jane', activeItem);
    const environment = { EDITOR: "sed -i 's/jane@example.com/jo@example.com/'" };
    expect(await cli.runInTerminal(withApi('edit', 'jane'), [], environment)).toMatchObject({ exit: 0 });
    expect(cli.api.cloud.items.get('jane')).toMatchObject({ allowed_from_addresses: ['jo@example.com'] });
  });

  it('it writes errors in words', async () => {
    const { exit, output } = await cli.runInTerminal(withApi('show', 'nobody'));
    expect(exit).toBe(5);
    expect(output).toContain('sesame: There is no credential "nobody"');
  });
});

describe('completion', () => {
  const complete = (shell: string, script: string, args: readonly string[], env = {}) =>
    execFileAsync(shell, [...args, script], { env: { ...cli.env, ...withProgram(), ...env } }).then(
      ({ stdout }) => stdout,
    );

  /** `sesame` in PATH, and a config file that uses the served API. */
  function withProgram(): Record<string, string> {
    const bin = join(cli.folder, 'bin');
    const config = join(cli.folder, 'config', 'sesame');
    for (const folder of [bin, config]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(bin, 'sesame'), `#!/bin/sh\nexec '${process.execPath}' '${cli.program}' "$@"\n`, {
      mode: 0o755,
    });
    const deployments = { served: { api: cli.api.url, region: 'eu-west-1' }, gone: { api: 'https://127.0.0.1:9' } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ current: 'served', deployments }));
    return { PATH: `${bin}:${cli.env['PATH']}`, XDG_CONFIG_HOME: join(cli.folder, 'config') };
  }
  beforeEach(() => {
    for (const name of ['jane', 'jack', 'bert']) cli.api.cloud.put(name, activeItem);
  });

  it('is loaded by bash, and offers commands, flags and values', async () => {
    const file = join(cli.folder, 'completion.bash');
    writeFileSync(file, (await cli.run(['completion', 'bash'])).stdout);
    const ask = async (...words: string[]) =>
      (
        await complete(
          'bash',
          `source '${file}'; COMP_WORDS=(sesame ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _sesame; printf '%s\\n' "\${COMPREPLY[@]}"`,
          ['--norc', '-c'],
        )
      ).split('\n');
    expect(await ask('')).toEqual(expect.arrayContaining(['create', 'dlq', 'local']));
    expect(await ask('re')).toEqual(['remove', 'reveal', '']);
    expect(await ask('dlq', 'r')).toEqual(['redrive', '']);
    expect(await ask('--region', 'x', 'list', '--st')).toEqual(['--status', '']);
    expect(await ask('list', '--status', 'a')).toEqual(['active', '']);
    expect(await ask('dlq', 'list', '--par')).toEqual(['--parked', '']);
    expect(await ask('show', '--output', '')).toEqual(['json', 'table', 'tsv', '']);
    expect(await ask('completion', 'f')).toEqual(['fish', '']);
    expect(await ask('create', '--owner', '')).toEqual(['', '']);
    expect(await ask('exec', 'jane', '--', '')).toEqual(['', '']);
    expect(await ask('show', 'ja')).toEqual(['jack', 'jane', '']);
    expect(await ask('edit', 'jane', 'ja')).toEqual(['', '']);
    expect(await ask('rotate', '--owner', 'x', 'b')).toEqual(['bert', '']);
    expect(await ask('--deployment', '=', 'gone', 'show', 'ja')).toEqual(['', '']);
  });

  it('gives up in silence on an API that does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const ran = await cli.run(['completion', 'names', '--api', `http://127.0.0.1:${port}`]);
    silent.close();
    expect(ran).toEqual({ exit: 0, stdout: '', stderr: '' });
  });

  it('is loaded by zsh, which then completes sesame', async () => {
    const zsh = findShell('zsh');
    if (zsh === undefined) return leftOut('zsh');
    const file = join(cli.folder, 'completion.zsh');
    writeFileSync(file, (await cli.run(['completion', 'zsh'])).stdout);
    const script = `${zsh.prelude} autoload -Uz compinit; compinit -u -D; source '${file}'; print -r -- $_comps[sesame]`;
    expect(await complete(zsh.path, script, ['-f', '-c'], zsh.env)).toBe('_sesame\n');
    const names = `${zsh.prelude} autoload -Uz compinit; compinit -u -D; source '${file}'; compadd() { print -rl -- $names };`;
    const ask = (words: string, typed: string) =>
      complete(zsh.path, `${names} sesame_words=(${words}); PREFIX=${typed}; _sesame_names`, ['-f', '-c'], zsh.env);
    expect(await ask('sesame show', 'ja')).toBe('jack\njane\n');
    expect(await ask('sesame --deployment gone show', 'ja')).toBe('\n');
  });

  it('is loaded by fish, and offers commands, flags and values', async () => {
    const fish = findShell('fish');
    if (fish === undefined) return leftOut('fish');
    const file = join(cli.folder, 'completion.fish');
    writeFileSync(file, (await cli.run(['completion', 'fish'])).stdout);
    const ask = async (line: string) =>
      (
        await complete(
          fish.path,
          `${fish.prelude} source '${file}'; complete -C '${line}'`,
          ['--no-config', '-c'],
          fish.env,
        )
      )
        .split('\n')
        .map((each) => each.split('\t')[0]);
    expect(await ask('sesame dlq r')).toEqual(['redrive', '']);
    expect(await ask('sesame list --status a')).toEqual(['active', '']);
    expect(await ask('sesame list --own')).toEqual(['--owner', '']);
    // That is a flag of `list`, not of `dlq list`.
    expect(await ask('sesame dlq list --own')).toEqual(['']);
    expect(await ask('sesame completion b')).toEqual(['bash', '']);
    expect(await ask('sesame show ja')).toEqual(['jack', 'jane', '']);
    expect(await ask('sesame rotate --owner x b')).toEqual(['bert', '']);
    expect(await ask('sesame edit jane ja')).toEqual(['']);
    expect(await ask('sesame --deployment gone show ja')).toEqual(['']);
  });

  function leftOut(shell: string): void {
    console.log(
      `${shell} is not installed, so its completion script was not loaded. scripts/install-shells.sh unpacks it.`,
    );
  }
});

describe('the package', () => {
  it('has the same bytes in every build, and holds what a global installation needs', async () => {
    const again = await buildCli(root, join(cli.folder, 'again'));
    expect(readFileSync(again.packageFile).equals(readFileSync(cli.build.packageFile))).toBe(true);
    execFileSync('tar', ['xzf', again.packageFile, '-C', cli.folder]);
    const manifest = JSON.parse(readFileSync(join(cli.folder, 'package', 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ name: 'sesame-cli', private: true, type: 'module', bin: { sesame: 'main.mjs' } });
    expect(manifest).not.toHaveProperty('dependencies');
    expect(existsSync(join(cli.folder, 'package', 'LICENSE'))).toBe(true);
    expect(statSync(join(cli.folder, 'package', 'main.mjs')).mode & 0o111).not.toBe(0);
  });

  it('is installed by npm', () => {
    const prefix = join(cli.folder, 'global');
    const options = { encoding: 'utf8' as const, env: { ...cli.env, HOME: cli.folder }, cwd: cli.folder };
    execFileSync(
      'npm',
      ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix, cli.build.packageFile],
      options,
    );
    expect(execFileSync(join(prefix, 'bin', 'sesame'), ['--version'], options)).toBe(`${packageVersion()}\n`);
  });
});

it('the clone runs what was built: npx --no-install sesame', () => {
  const shown = execFileSync('npx', ['--no-install', 'sesame', '--version'], { cwd: root, encoding: 'utf8' });
  expect(shown).toBe(`${packageVersion()}\n`);
});

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}
