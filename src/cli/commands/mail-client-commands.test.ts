import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeCli } from '../../../test/support/fake-cli.ts';

let cli: ReturnType<typeof createFakeCli>;
beforeEach(() => {
  cli = createFakeCli();
});

const refused = "554 Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:SendRawEmail'";

describe('sesame explain', () => {
  it('explains a reply in arguments, with or without quotes', async () => {
    for (const args of [[refused], refused.split(' ')]) {
      const { exit, stdout } = await cli.run('explain', ...args);
      expect(exit).toBe(0);
      expect(JSON.parse(stdout).explanations).toMatchObject([
        { reply: refused, is_temporary: false, link: expect.stringContaining('https://') },
      ]);
    }
    expect(cli.requests).toEqual([]);
  });

  it('explains a transcript on stdin, each problem once', async () => {
    cli.world.stdin = `< 250 Ok\r\n> MAIL FROM:<a@example.com>\r\n< ${refused}\r\n< ${refused}\r\nsmtp; 454 4.7.0 Throttling failure: Maximum sending rate exceeded.\r\n`;
    const { exit, stdout } = await cli.run('explain');
    expect(exit).toBe(0);
    const { explanations } = JSON.parse(stdout);
    expect(explanations.map(({ is_temporary: isTemporary }: { is_temporary: boolean }) => isTemporary)).toEqual([
      false,
      true,
    ]);
  });

  it('shows it to people', async () => {
    const { stdout } = await cli.run('explain', refused, '--output', 'table');
    expect(stdout).toMatch(/^reply +554 Access denied/);
    expect(stdout).toMatch(/^to do /m);
  });

  it('ends with 4 for what it does not know, and with 2 for nothing', async () => {
    expect(await cli.run('explain', 'it does not work')).toMatchObject({ exit: 4 });
    expect(await cli.run('explain')).toMatchObject({ exit: 2 });
  });

  it('stays quick with a text of a megabyte', async () => {
    cli.world.stdin = `${'554 '.repeat(100_000)}\n${'5'.repeat(500_000)}\n${'\n'.repeat(100_000)}`;
    const began = performance.now();
    await cli.run('explain');
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe('sesame smtp-password', () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

  it('prints the password alone for one Region', async () => {
    cli.world.stdin = `${secret}\n`;
    const { exit, stdout, stderr } = await cli.run('smtp-password', '--region', 'eu-central-1');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toMatch(/^B[A-Za-z0-9+/=]{43}\n$/);
  });

  it('prints a line for each of several Regions', async () => {
    cli.world.stdin = secret;
    const regions = ['--region', 'eu-central-1', '--region', 'us-east-1'];
    const { stdout } = await cli.run('smtp-password', ...regions);
    expect(stdout).toMatch(/^eu-central-1\tB\S{43}\nus-east-1\tB\S{43}\n$/);
    const { passwords } = JSON.parse((await cli.run('smtp-password', ...regions, '--output', 'json')).stdout);
    expect(passwords.map(({ region }: { region: string }) => region)).toEqual(['eu-central-1', 'us-east-1']);
    expect(stdout).toContain(passwords[0].smtp_password);
  });

  it.each([
    ['', 'The secret is empty'],
    ['AKIAIOSFODNN7EXAMPLE', 'the id of an access key'],
    [Buffer.alloc(33, 4).toString('base64'), 'an SMTP password already'],
    [Buffer.alloc(33, 2).toString('base64'), 'obsolete form'],
    [`${secret.slice(0, 20)} ${secret.slice(20)}`, 'a blank'],
    ['too-short', '40 characters'],
    [`${secret.slice(0, 39)}!`, '40 characters'],
  ])('refuses %j, and does not repeat it', async (text, words) => {
    cli.world.stdin = text;
    const { exit, stdout, stderr } = await cli.run('smtp-password', '--region', 'eu-central-1');
    expect({ exit, stdout }).toEqual({ exit: 3, stdout: '' });
    expect(stderr).toContain(words);
    if (text !== '') expect(stderr).not.toContain(text);
  });

  it('does not decode, and needs a Region', async () => {
    const decode = await cli.run('smtp-password', '--region', 'eu-central-1', '--decode');
    expect(decode).toMatchObject({ exit: 2, stderr: expect.stringContaining('HMAC') });
    expect(await cli.run('smtp-password')).toMatchObject({ exit: 2 });
    expect(await cli.run('smtp-password', '--region', 'Frankfurt')).toMatchObject({ exit: 2 });
  });
});
