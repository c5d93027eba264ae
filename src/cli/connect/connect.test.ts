import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sampleDeployment } from '../../../test/support/sample-deployment.ts';
import type { Config } from '../command/config-store.ts';
import { chooseTarget } from './choose-target.ts';
import { createConfigFile } from './config-file.ts';
import { connect } from './connect.ts';
import { editText } from './edit-text.ts';
import { createLocalStackFinder } from './local-stack-file.ts';
import { readFileFrom } from './read-file-from.ts';

const folder = mkdtempSync(join(tmpdir(), 'sesame-connect-'));
afterAll(() => rmSync(folder, { recursive: true }));

const config: Config = {
  deployments: {
    mail: { region: 'eu-west-1', profile: 'ops' },
    prod: { region: 'us-east-1', prefix: 'default' },
    far: { api: 'https://abc.execute-api.eu-west-1.amazonaws.com' },
  },
};
const using = (current: string): Config => ({ ...config, current });

describe('chooseTarget', () => {
  it.each([
    [{}, undefined, config, { kind: 'default' }],
    [{ region: 'eu-west-3' }, undefined, config, { kind: 'default', region: 'eu-west-3' }],
    [{}, '', using('mail'), { kind: 'name', name: 'mail', region: 'eu-west-1', profile: 'ops' }],
    [{}, 'prod', using('mail'), { kind: 'name', name: 'default', region: 'us-east-1' }],
    [{ deployment: 'far' }, 'prod', using('mail'), { kind: 'api', url: config.deployments['far']?.api }],
    [
      { deployment: 'mail', region: 'eu-west-3' },
      undefined,
      config,
      { kind: 'name', region: 'eu-west-3', profile: 'ops' },
    ],
    [{ deployment: 'other' }, undefined, config, { kind: 'name', name: 'other' }],
    [{ deployment: 'constructor' }, undefined, config, { kind: 'name', name: 'constructor' }],
    [{ deployment: './sesame.json' }, undefined, config, { kind: 'file', path: './sesame.json' }],
    [{}, 'sesame.json', config, { kind: 'file', path: 'sesame.json' }],
    [{ deployment: 'local' }, undefined, using('mail'), { kind: 'local' }],
    [{ local: true }, 'prod', using('mail'), { kind: 'local' }],
    [{ api: 'https://x.example.com' }, 'prod', using('mail'), { kind: 'api', url: 'https://x.example.com' }],
  ])('understands %j, SESAME_DEPLOYMENT=%s', (flags, variable, given, expected) => {
    expect(chooseTarget(flags, variable, given)).toMatchObject(expected);
  });

  it('refuses flags that exclude each other, and a name that is no longer there', () => {
    expect(() => chooseTarget({ local: true, deployment: 'mail' }, undefined, config)).toThrow('exclude each other');
    expect(() => chooseTarget({}, undefined, using('gone'))).toThrow('The config file uses "gone"');
  });
});

describe('the config file', () => {
  it('is written for its owner only, and read again', async () => {
    const store = createConfigFile({ XDG_CONFIG_HOME: join(folder, 'xdg') });
    expect(store.path).toBe(join(folder, 'xdg', 'sesame', 'config.json'));
    expect(await store.read()).toEqual({ deployments: {} });
    await store.write(using('mail'));
    expect(await store.read()).toEqual(using('mail'));
    expect(statSync(store.path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'xdg', 'sesame'))).toEqual(['config.json']);
  });

  it('names itself where it cannot be written', async () => {
    const store = createConfigFile({ XDG_CONFIG_HOME: '/dev/null' });
    await expect(store.write({ deployments: {} })).rejects.toMatchObject({
      code: 'UnwritableFile',
      message: expect.stringContaining('/dev/null/sesame/config.json'),
    });
  });

  it('is in the home folder, if XDG_CONFIG_HOME is no absolute path', () => {
    expect(createConfigFile({ HOME: '/home/me', XDG_CONFIG_HOME: 'x' }).path).toBe(
      '/home/me/.config/sesame/config.json',
    );
  });

  it.each(['{', '"x"', '{"deployments": {"a": {"region": 7}}}', '{"current": ""}'])(
    'says what is wrong with %s',
    async (text) => {
      const store = createConfigFile({ XDG_CONFIG_HOME: join(folder, 'bad') });
      mkdirSync(join(folder, 'bad', 'sesame'), { recursive: true });
      writeFileSync(store.path, text);
      await expect(store.read()).rejects.toMatchObject({
        code: 'InvalidConfig',
        message: expect.stringContaining(store.path),
      });
    },
  );
});

describe('the local stack', () => {
  const description = {
    ...sampleDeployment,
    pid: process.pid,
    endpoint: 'http://127.0.0.1:4500',
    credentials: { accessKeyId: 'A', secretAccessKey: 'B' },
    smtp: { ...sampleDeployment.smtp, caFile: '/ca.pem' },
    mailbox: 'http://127.0.0.1:1/messages',
    logs: { mail: '/mail.log' },
    api: { url: 'http://127.0.0.1:4500/restapis/x/$default/_user_request_' },
  };
  const clone = join(folder, 'clone');
  mkdirSync(join(clone, '.sesame'), { recursive: true });
  mkdirSync(join(clone, 'docs', 'runbooks'), { recursive: true });
  writeFileSync(join(clone, '.sesame', 'local.json'), JSON.stringify(description));

  it('is found from a folder inside the clone, or by SESAME_HOME', async () => {
    const inside = await createLocalStackFinder({}, join(clone, 'docs', 'runbooks'))();
    expect(inside?.stack).toMatchObject({ mailbox: description.mailbox, apiUrl: description.api.url });
    expect(await createLocalStackFinder({ SESAME_HOME: join(clone, '.sesame') }, '/')()).toEqual(inside);
    expect(await createLocalStackFinder({ SESAME_HOME: join(folder, 'none') }, clone)()).toBeUndefined();
  });

  it('is connected to when nothing else is named', async () => {
    const findLocalStack = createLocalStackFinder({}, clone);
    const store = createConfigFile({ XDG_CONFIG_HOME: join(folder, 'empty') });
    const deps = { env: {}, config: store, findLocalStack };
    expect(await connect({}, deps)).toMatchObject({ kind: 'local', smtpCaFile: '/ca.pem' });
    expect(await connect({ api: description.api.url }, deps)).toMatchObject({ kind: 'https', smtpCaFile: '/ca.pem' });
    expect(await connect({ api: 'https://x.example.com', region: 'eu-west-1' }, deps)).toMatchObject({
      kind: 'https',
      description: 'the API at x.example.com',
    });
    await expect(connect({ api: 'http://x.example.com' }, deps)).rejects.toMatchObject({ code: 'UsageError' });
    await expect(connect({ deployment: 'gone.json' }, deps)).rejects.toMatchObject({ code: 'DeploymentNotFound' });
    await expect(connect({ local: true }, { ...deps, findLocalStack: async () => undefined })).rejects.toMatchObject({
      code: 'NoLocalStack',
    });
  });
});

describe('an editor', () => {
  const editor = join(folder, 'an editor');
  const write = (script: string) => {
    writeFileSync(editor, `#!/bin/sh\n${script}\n`);
    chmodSync(editor, 0o700);
    return { EDITOR: `"${editor}" --wait` };
  };

  it('changes the text in a file that is gone afterwards', async () => {
    const log = join(folder, 'seen');
    const env = write(`echo "$2" > '${log}'; stat -c %a "$2" >> '${log}' 2>/dev/null; echo more >> "$2"`);
    expect(await editText(env, 'text\n', 'jane.yaml')).toBe('text\nmore\n');
    const [file = ''] = readFileSync(log, 'utf8').split('\n');
    expect(file).toMatch(/jane\.yaml$/);
    expect(existsSync(file)).toBe(false);
  });

  it('may leave it as it is, or fail', async () => {
    expect(await editText(write('true'), 'text\n', 'a.yaml')).toBeUndefined();
    await expect(editText(write('exit 3'), 'text\n', 'a.yaml')).rejects.toMatchObject({ code: 'EditorFailed' });
  });
});

describe('a log file', () => {
  it('is read from a position, and from its beginning when it became shorter', async () => {
    const file = join(folder, 'a.log');
    expect(await readFileFrom(file, 0)).toBeUndefined();
    writeFileSync(file, 'one\ntwo\n');
    expect(await readFileFrom(file, 4)).toEqual({ text: 'two\n', end: 8 });
    expect(await readFileFrom(file, 8)).toEqual({ text: '', end: 8 });
    writeFileSync(file, 'new\n');
    expect(await readFileFrom(file, 8)).toEqual({ text: 'new\n', end: 4 });
  });
});
