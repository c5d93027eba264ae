import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalCli } from '../support/local-cli.ts';
import { localStack } from '../support/local-stack.ts';

const { description, clients } = localStack();
const recipient = 'success@simulator.amazonses.com';

let cli: Awaited<ReturnType<typeof createLocalCli>>;
beforeAll(async () => {
  cli = await createLocalCli(description);
});
afterAll(() => cli.close());

const sesame = (...args: string[]) => cli.sesame(args);

/** Runs a command that must work, and reads its JSON. */
async function json(...args: string[]) {
  const { exit, stdout, stderr } = await sesame(...args);
  expect({ exit, stderr }, args.join(' ')).toEqual({ exit: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** docs/operators-day.md shows what people see of the same; operators-day.test.ts plays it. */
describe("an operator's day, with the command line alone", () => {
  const name = 'cli.billing';
  const sender = 'cli.billing@example.com';
  const send = (from: string) => sesame('local', 'send', name, '--from', from, '--to', recipient);

  it('creates a credential and waits until its mail is taken', async () => {
    const made = await json('create', name, '--from', sender, '--owner', 'cli-team', '--label', 'env=test', '--wait');
    expect(made).toMatchObject({ state: 'active', owner: 'cli-team', labels: { env: 'test' } });
    expect(made.requested_by).toMatch(/^arn:aws:.* \(claimed\)$/);
    expect((await sesame('reveal', name)).stdout).toMatch(/^B[A-Za-z0-9+/]{43}\n$/);
    expect(JSON.parse((await send(sender)).stdout)).toMatchObject({ accepted: true });
    expect(await json('verify', name, '--wait')).toMatchObject({ verification: 'verified' });
    const { credentials } = await json('list', '--owner', 'cli-team');
    expect(credentials.map(({ username }: { username: string }) => username)).toEqual([name]);
  });

  it('runs a mail client with the login in its environment', async () => {
    const client = `
      import net from 'node:tls';
      import { readFileSync } from 'node:fs';
      const { SMTP_HOST: host, SMTP_PORT: port, SMTP_USERNAME: user, SMTP_PASSWORD: pass, SMTP_CA_FILE: ca } = process.env;
      const socket = net.connect({ host, port, ca: readFileSync(ca) });
      const plain = Buffer.from('\\0' + user + '\\0' + pass).toString('base64');
      const lines = ['EHLO me', 'AUTH PLAIN ' + plain, 'QUIT'];
      socket.on('data', (data) => {
        const reply = data.toString();
        if (reply.startsWith('235')) console.log('logged in');
        if (/^\\d{3} /m.test(reply) && lines.length > 0) socket.write(lines.shift() + '\\r\\n');
      });
      socket.on('end', () => process.exit(0));
    `;
    writeFileSync(join(cli.folder, 'client.mjs'), client);
    const ran = await sesame('exec', name, '--', process.execPath, 'client.mjs');
    expect(ran).toEqual({ exit: 0, stdout: 'logged in\n', stderr: '' });
  });

  it('explains a refused mail, and allows its sender', async () => {
    const other = 'cli.invoices@example.com';
    const refused = await send(other);
    expect(refused.exit).toBe(3);
    const { reply } = JSON.parse(refused.stdout);
    expect(reply).toMatch(/^554 Access denied/);
    expect((await json('explain', reply)).explanations).toHaveLength(1);
    await json('edit', name, '--add-from', other, '--wait');
    expect((await send(other)).exit).toBe(0);
  });

  it('rotates the password', async () => {
    const { stdout: before } = await sesame('reveal', name);
    expect(await json('rotate', name, '--wait')).toMatchObject({ state: 'active' });
    expect((await sesame('reveal', name)).stdout).not.toBe(before);
    const { rotations } = await json('rotate', '--report', '--owner', 'cli-team');
    expect(rotations).toMatchObject([{ username: name, is_still_used: false }]);
  });

  it('disables and enables it', async () => {
    expect(await json('disable', name, '--wait')).toMatchObject({ state: 'disabled' });
    expect(await send(sender)).toMatchObject({ exit: 3, stdout: expect.stringContaining('535') });
    expect(await json('why', name)).toMatchObject({ next: [expect.stringContaining('sesame enable')] });
    expect(await json('enable', name, '--wait')).toMatchObject({ state: 'active' });
    expect((await send(sender)).exit).toBe(0);
  });

  it('contains a stolen one, twice, and removes it', async () => {
    const contained = await json('contain', name, '--yes', '--wait', '--reason', 'Found in a repository');
    expect(contained.steps).toMatchObject([
      { step: 'deny' },
      { step: 'deactivate-keys' },
      { step: 'disable', status: 'done' },
    ]);
    expect(contained.credential.state).toBe('disabled');
    await json('contain', name, '--yes');
    expect((await send(sender)).exit).toBe(3);
    expect(await sesame('enable', name)).toMatchObject({ exit: 6 });
    expect(await json('remove', name, '--yes', '--wait')).toEqual({ username: name, removed: true });
    expect((await sesame('show', name)).exit).toBe(5);
  });

  it('looks after the deployment', async () => {
    await json('sweep');
    expect([0, 1]).toContain((await sesame('health')).exit);
    expect(await json('dlq', 'list')).toHaveProperty('messages');
    expect(await json('dlq', 'list', '--parked')).toHaveProperty('messages');
    expect(await json('deployments', 'show')).toMatchObject({ table: description.table });
    expect((await json('local', 'mailbox')).messages.length).toBeGreaterThan(0);
    expect((await json('top', '--owner', 'cli-team')).credentials).toEqual([]);
  });
});

describe('a deployment by its name', () => {
  /** As on AWS, at the emulator: the description is found in SSM. */
  const environment = {
    SESAME_HOME: '/nowhere',
    AWS_ENDPOINT_URL: description.endpoint,
    AWS_REGION: description.region,
    AWS_ACCESS_KEY_ID: description.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: description.credentials.secretAccessKey,
  };
  const run = (...args: string[]) => cli.run(args, { environment });

  beforeAll(async () => {
    const put = (name: string, value: object) =>
      clients.ssm.send(
        new PutParameterCommand({ Name: name, Value: JSON.stringify(value), Type: 'String', Overwrite: true }),
      );
    const { pid, credentials, streamArn, mailbox, logs, ...deployment } = description;
    await put('/sesame/cli-one/deployment', deployment);
    await put('/sesame/cli-two/deployment', { ...deployment, table: 'no-such-table' });
  });

  it('is found by --deployment, by the environment, and by the config file', async () => {
    expect((await run('list', '--deployment', 'cli-one')).exit).toBe(0);
    expect((await run('list', '--deployment', 'cli-one-')).exit).toBe(0);
    const byVariable = await cli.run(['list'], { environment: { ...environment, SESAME_DEPLOYMENT: 'cli-one' } });
    expect(byVariable.exit).toBe(0);
    await run('deployments', 'add', 'mine', '--region', description.region, '--prefix', 'cli-one');
    expect((await run('list')).exit).toBe(0);
  });

  it('is another one where another is named, and an error where there is none', async () => {
    const other = await run('list', '--deployment', 'cli-two');
    expect(other.exit).not.toBe(0);
    expect(other.stderr).toContain('ResourceNotFoundException');
    const none = await run('list', '--deployment', 'cli-none');
    expect(none).toMatchObject({ exit: 5, stdout: '' });
    expect(JSON.parse(none.stderr).error.code).toBe('DeploymentNotFound');
  });
});
