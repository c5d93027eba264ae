import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { createLocalCli } from '../support/local-cli.ts';
import { localStack } from '../support/local-stack.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { openSmtpClient } from '../support/smtp-client.ts';

const { description, clients } = localStack();
const administration = createCredentialAdministration(description, clients);
const simulator = 'success@simulator.amazonses.com';
const kim = 'kim@example.org';
const ann = 'ann@example.net';

interface Mail {
  readonly from: string;
  readonly envelope?: string;
  readonly to?: readonly string[];
  readonly sourceIp?: string;
}

/** A credential's name, what its record has besides its own address, and mails with the reply that each gets. */
const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly (readonly [Mail, string])[]])[] = [
  [
    'asks.exact',
    {},
    [
      [{ from: 'asks.exact@example.com' }, '250 Ok'],
      [{ from: 'other@example.com' }, '554 Access denied'],
      [{ from: 'Asks.Exact@example.com' }, '554 Access denied'],
      [{ from: 'asks.exact@example.com', envelope: 'other@example.com' }, '554 Access denied'],
    ],
  ],
  [
    'asks.wide',
    { allowed_from_addresses: ['*@example.com', '*@unverified.example'] },
    [
      [{ from: 'anybody@example.com', envelope: 'bounces@example.com' }, '250 Ok'],
      [{ from: 'anybody@unverified.example' }, '554 Message rejected'],
    ],
  ],
  [
    'asks.network',
    { allowed_source_ips: ['127.0.0.2', '203.0.113.0/24'] },
    [
      [{ from: 'asks.network@example.com', sourceIp: '127.0.0.2' }, '250 Ok'],
      [{ from: 'asks.network@example.com', sourceIp: '127.0.0.1' }, '554 Access denied'],
    ],
  ],
  [
    'asks.sandbox',
    { sandbox: true },
    [
      [{ from: 'asks.sandbox@example.com' }, '250 Ok'],
      [{ from: 'asks.sandbox@example.com', to: [simulator, kim] }, '554 Access denied'],
    ],
  ],
  [
    'asks.recipients',
    { allowed_recipients: ['*@example.org', ann] },
    [
      [{ from: 'asks.recipients@example.com', to: [kim, ann] }, '250 Ok'],
      [{ from: 'asks.recipients@example.com', to: [kim, 'bob@example.net'] }, '554 Access denied'],
    ],
  ],
  ['asks.disabled', {}, [[{ from: 'asks.disabled@example.com' }, '535 Authentication Credentials Invalid']]],
  ['asks.contained', {}, [[{ from: 'asks.contained@example.com' }, '535 Authentication Credentials Invalid']]],
];

let cli: Awaited<ReturnType<typeof createLocalCli>>;
beforeAll(async () => {
  cli = await createLocalCli(description);
  await Promise.all(cases.map(([name, more]) => administration.create(name, [`${name}@example.com`], { ...more })));
  expect((await cli.sesame(['disable', 'asks.disabled', '--wait'])).exit).toBe(0);
  expect((await cli.sesame(['contain', 'asks.contained', '--yes', '--wait'])).exit).toBe(0);
  await iamPropagated();
});
afterAll(() => cli?.close());

function lineOf(name: string, { from, envelope, to = [simulator], sourceIp = '127.0.0.1' }: Mail): string[] {
  const given = envelope === undefined ? [] : ['--envelope', envelope];
  return ['can', name, '--from', from, ...given, ...to.flatMap((each) => ['--to', each]), '--source-ip', sourceIp];
}

/** What the SMTP endpoint answers, without the id of the mail. */
async function send(name: string, { from, envelope = from, to = [simulator], sourceIp = '127.0.0.1' }: Mail) {
  const record = (await administration.read(name)) ?? {};
  const account = {
    user: String(record['access_key_id']),
    password: await readSmtpPassword({ clients, description }, record),
  };
  const client = await openSmtpClient(description, account, sourceIp);
  try {
    return (await client.send({ from, envelope, to })).replace(/^250 Ok .*/, '250 Ok');
  } finally {
    client.close();
  }
}

describe.each(cases)('sesame can %s', (name, _more, mails) => {
  it.each(mails)('says of %o what the endpoint answers: %s', async (mail, expected) => {
    const { exit, stdout, stderr } = await cli.sesame(lineOf(name, mail));
    const replied = await send(name, mail);
    expect(replied).toMatch(expected);
    const isTaken = expected.startsWith('250');
    const { accepted, reply, reasons, ...more } = JSON.parse(stdout);
    expect({ accepted, reply, exit, stderr, more }).toEqual({
      accepted: isTaken,
      reply: replied,
      exit: isTaken ? 0 : 3,
      stderr: '',
      more: {},
    });
    for (const { code, message } of reasons) expect([code, message]).toEqual([expect.any(String), expect.any(String)]);
    expect(reasons.some(({ state }: { state: string }) => state === 'refused')).toBe(!isTaken);
  });
});

it('answers people with the same reply and exit code', async () => {
  const refused: Mail = { from: 'other@example.com' };
  const { exit, stdout } = await cli.sesame([...lineOf('asks.exact', refused), '--output', 'table']);
  expect({ exit, stdout }).toEqual({
    exit: 3,
    stdout: expect.stringMatching(/^accepted +no\nreply +554 Access denied/),
  });
});

it('ends with 4 if the caller may not see what decides, and names the right', async () => {
  const { iam } = clients;
  const UserName = 'asks-without-rights';
  const table = `arn:aws:dynamodb:${description.region}:${description.accountId}:table/${description.table}`;
  const Statement = [{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: table }];
  await iam.send(new CreateUserCommand({ UserName }));
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'records', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  await iamPropagated();

  const { pid, credentials, streamArn, mailbox, logs, ...deployment } = description;
  const file = join(cli.folder, 'sesame.json');
  writeFileSync(file, JSON.stringify(deployment));
  const environment = {
    AWS_ENDPOINT_URL: description.endpoint,
    AWS_REGION: description.region,
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
  };
  const line = [...lineOf('asks.exact', { from: 'asks.exact@example.com' }), '--deployment', file];
  const { exit, stdout, stderr } = await cli.run(line, { environment });
  expect({ exit, stderr }).toEqual({ exit: 4, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ accepted: null, reply: '' });
  expect(stdout).toContain('The right iam:SimulatePrincipalPolicy is missing');
});
