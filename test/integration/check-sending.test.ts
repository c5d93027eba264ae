import { domainToASCII } from 'node:url';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { paginateListEventSourceMappings, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import {
  CreateConfigurationSetCommand,
  CreateEmailIdentityCommand,
  DeleteConfigurationSetCommand,
  PutSuppressedDestinationCommand,
} from '@aws-sdk/client-sesv2';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalAdminDeps } from '../../local/local-admin-deps.ts';
import { createLocalClients, type LocalClients } from '../../local/local-clients.ts';
import { checkSending } from '../../src/admin/check-sending.ts';
import { createCredentialAdministration } from '../support/credential-administration.ts';
import { iamPropagated } from '../support/iam-lag.ts';
import { readSmtpPassword } from '../support/read-smtp-password.ts';
import { openSmtpClient, type SmtpClient } from '../support/smtp-client.ts';
import { type OwnLocalStack, startLocalStack } from '../support/start-local-stack.ts';

type Item = Record<string, unknown>;
type Administration = ReturnType<typeof createCredentialAdministration>;

/** A mail to try. `envelope` is the From address, `to` a recipient who gets everything. */
interface Try {
  readonly from: string;
  readonly envelope?: string;
  readonly to?: readonly string[];
  readonly sourceIp?: string;
}

interface Credential {
  readonly username: string;
  readonly patterns: readonly string[];
  readonly more?: Item;
  /** What happened to it. Changes of the record reach IAM in `settle` only. */
  readonly settle?: (iam: Iam, administration: Administration) => Promise<void>;
  /** Done while no function sees changes of records. */
  readonly afterwards?: (iam: Iam, administration: Administration) => Promise<void>;
  readonly tries: readonly Try[];
}

interface Iam {
  readonly userName: string;
  readonly accessKeyId: string;
}

const SOURCES = ['127.0.0.1', '127.0.0.2'];
let stack: OwnLocalStack;
let administration: Administration;
const limitedClients: LocalClients[] = [];

const everybody = 'success@simulator.amazonses.com';
const suppressed = 'gone@example.org';

/** Every sender with every envelope sender, recipients and source. */
function combine(
  senders: readonly string[],
  {
    envelopes = [undefined],
    to = [undefined],
    sources = [undefined],
  }: {
    readonly envelopes?: readonly (string | undefined)[];
    readonly to?: readonly (readonly string[] | undefined)[];
    readonly sources?: readonly (string | undefined)[];
  } = {},
): Try[] {
  return senders.flatMap((from) =>
    envelopes.flatMap((envelope) =>
      to.flatMap((recipients) =>
        sources.map((sourceIp) => ({
          from,
          ...(envelope === undefined ? {} : { envelope }),
          ...(recipients === undefined ? {} : { to: recipients }),
          ...(sourceIp === undefined ? {} : { sourceIp }),
        })),
      ),
    ),
  );
}

const putPolicy = async ({ userName }: Iam, statement: object, name = 'by-hand') => {
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Resource: '*', ...statement }] });
  await stack.clients.iam.send(new PutUserPolicyCommand({ UserName: userName, PolicyName: name, PolicyDocument }));
};
const setKey = async ({ userName, accessKeyId }: Iam, Status: 'Active' | 'Inactive') => {
  await stack.clients.iam.send(new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: accessKeyId, Status }));
};
const own = (username: string) => `${username}@example.com`;
const plain = (username: string) => [
  ...combine([own(username), 'other@example.com'], { envelopes: [undefined, 'other@example.com'] }),
  ...combine(['jane@unverified.example', `"J. Doe" <${own(username)}>`]),
];

const credentials: readonly Credential[] = [
  {
    username: 'can.exact',
    patterns: [own('can.exact')],
    tries: combine(
      [
        own('can.exact'),
        'Can.Exact@example.com',
        'can.exact@EXAMPLE.com',
        'can.exact@sub.example.com',
        '"Can, Exact" <can.exact@example.com>',
        'can.exact@unverified.example',
      ],
      {
        envelopes: [undefined, 'other@example.com', 'can.exact@Example.com'],
        to: [undefined, [suppressed], ['Kim@Example.ORG', everybody]],
      },
    ),
  },
  {
    username: 'can.wild',
    patterns: ['*@example.com', '*@*.example.com', 'news*@elsewhere.example', '*@unverified.example'],
    tries: combine(
      [
        'anybody@example.com',
        'AnyBody+tag@example.com',
        'a@sub.example.com',
        'a@deep.sub.Example.com',
        'newsletter@elsewhere.example',
        'News@elsewhere.example',
        'x@unverified.example',
        'x@notexample.com',
        "o'neil@example.com",
        'a*b@example.com',
      ],
      { envelopes: [undefined, 'bounces@example.com', 'bounces@unverified.example'] },
    ),
  },
  {
    username: 'can.upper',
    patterns: ['Can.Upper@Example.Com'],
    tries: combine(
      ['Can.Upper@example.com', 'Can.Upper@Example.Com', 'can.upper@example.com', 'Can.Upper@EXAMPLE.COM'],
      {
        envelopes: [undefined, 'Can.Upper@example.com'],
      },
    ),
  },
  {
    username: 'can.idn',
    patterns: ['can@münchen.example', '*@xn--bcher-kva.example'],
    tries: combine([
      'can@münchen.example',
      'can@xn--mnchen-3ya.example',
      'can@MÜNCHEN.example',
      'other@münchen.example',
      'a@bücher.example',
    ]),
  },
  {
    username: 'can.envelope',
    patterns: [own('can.envelope')],
    more: { allowed_envelope_senders: ['bounces+*@Example.com', '*@unverified.example'] },
    tries: combine([own('can.envelope'), 'other@example.com'], {
      envelopes: [
        undefined,
        'bounces+kim=example.org@example.com',
        'bounces+kim=example.org@Example.com',
        'bounces+kim=example.org@EXAMPLE.COM',
        'Bounces+kim@example.com',
        'x@unverified.example',
      ],
    }),
  },
  {
    username: 'can.here',
    patterns: [own('can.here')],
    more: { allowed_source_ips: ['127.0.0.2', '203.0.113.0/24'] },
    tries: combine([own('can.here'), 'other@example.com'], { sources: SOURCES, to: [undefined, [suppressed]] }),
  },
  {
    username: 'can.elsewhere',
    patterns: [own('can.elsewhere')],
    more: { allowed_source_ips: ['203.0.113.0/24', '2001:db8::/32'] },
    tries: combine([own('can.elsewhere'), 'other@example.com'], { sources: SOURCES }),
  },
  {
    username: 'can.sandbox',
    patterns: [own('can.sandbox')],
    more: { sandbox: true, allowed_recipients: ['*@example.org'] },
    tries: combine([own('can.sandbox'), 'other@example.com'], {
      to: [
        [everybody],
        ['bounce@simulator.amazonses.com', everybody],
        ['kim@example.org'],
        [everybody, 'kim@example.org'],
        [suppressed],
        ['Success@Simulator.amazonses.com'],
      ],
    }),
  },
  {
    username: 'can.recipients',
    patterns: [own('can.recipients')],
    more: { allowed_recipients: ['*@example.org', 'ann@example.net'] },
    tries: combine([own('can.recipients')], {
      to: [
        ['kim@example.org'],
        ['kim@example.org', 'ann@example.net'],
        ['kim@example.org', 'bob@example.net'],
        ['Ann@example.net'],
        ['kim@EXAMPLE.ORG'],
        [suppressed],
        [everybody],
      ],
      sources: SOURCES,
    }),
  },
  {
    username: 'can.long',
    patterns: Array.from({ length: 90 }, (_, index) => `can.long.${index}@a-domain-with-a-name.example`).concat(
      own('can.long'),
    ),
    tries: plain('can.long'),
  },
  {
    username: 'can.sets',
    patterns: ['*@theirs.example', '*@none.example', '*@lost.example', '*@mixed.theirs.example'],
    tries: combine(
      ['a@theirs.example', 'a@none.example', 'a@lost.example', 'b@lost.example', 'x@mixed.theirs.example'],
      {
        envelopes: [undefined, 'b@none.example', 'b@lost.example'],
      },
    ),
  },
  {
    username: 'can.rotating',
    patterns: [own('can.rotating')],
    settle: async (_iam, { edit, waitFor }) => {
      await edit('can.rotating', { rotate_requested: true });
      await waitFor('can.rotating', (record) => record['previous_key'] !== undefined);
    },
    tries: plain('can.rotating'),
  },
  {
    username: 'can.failed',
    patterns: [own('can.failed')],
    settle: async (_iam, { edit, waitForStatus }) => {
      await edit('can.failed', { allowed_from_addresses: ['not an address', 'other@example.com'] });
      await waitForStatus('can.failed', 'failed');
    },
    tries: plain('can.failed'),
  },
  {
    username: 'can.disabled',
    patterns: [own('can.disabled')],
    settle: async (_iam, { setStatus, waitFor }) => {
      await setStatus('can.disabled', 'disabled');
      await waitFor('can.disabled', (record) => record['disabled_at'] !== undefined);
    },
    tries: plain('can.disabled'),
  },
  {
    username: 'can.revived',
    patterns: [own('can.revived')],
    settle: async (_iam, { setStatus, waitFor }) => {
      await setStatus('can.revived', 'disabled');
      await waitFor('can.revived', (record) => record['disabled_at'] !== undefined);
    },
    afterwards: (iam) => setKey(iam, 'Active'),
    tries: plain('can.revived'),
  },
  {
    username: 'can.disabling',
    patterns: [own('can.disabling')],
    afterwards: (_iam, { setStatus }) => setStatus('can.disabling', 'disabled'),
    tries: plain('can.disabling'),
  },
  {
    username: 'can.pending',
    patterns: [own('can.pending')],
    afterwards: (_iam, { edit }) =>
      edit('can.pending', { status: 'pending', allowed_from_addresses: ['other@example.com'] }),
    tries: plain('can.pending'),
  },
  {
    username: 'can.contained',
    patterns: [own('can.contained')],
    afterwards: async (iam) => {
      await putPolicy(iam, { Effect: 'Deny', Action: '*' });
      await setKey(iam, 'Inactive');
    },
    tries: plain('can.contained'),
  },
  {
    username: 'can.denied',
    patterns: [own('can.denied')],
    afterwards: (iam) => putPolicy(iam, { Effect: 'Deny', Action: 'ses:*' }),
    tries: plain('can.denied'),
  },
  {
    username: 'can.conditions',
    patterns: [own('can.conditions')],
    afterwards: async (iam) => {
      const deny = (Condition: object, name: string) =>
        putPolicy(iam, { Effect: 'Deny', Action: 'ses:SendRawEmail', Condition }, name);
      await deny({ NotIpAddress: { 'aws:SourceIp': ['127.0.0.2/32', '203.0.113.9'] } }, 'elsewhere');
      await deny({ 'ForAnyValue:StringLike': { 'ses:Recipients': '*@blocked.example' } }, 'blocked');
      await deny({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }, 'past');
      await deny({ StringLike: { 'ses:FromDisplayName': 'CEO*' } }, 'names');
      await deny({ Bool: { 'aws:SecureTransport': 'false' } }, 'plain');
    },
    tries: combine([own('can.conditions'), `CEO <${own('can.conditions')}>`, `Jane <${own('can.conditions')}>`], {
      to: [undefined, ['kim@blocked.example'], ['kim@example.org', 'ann@blocked.example']],
      sources: SOURCES,
    }),
  },
  {
    username: 'can.widened',
    patterns: [own('can.widened')],
    afterwards: async (iam) => {
      const statement = { Effect: 'Allow', Action: 'ses:Send*', Resource: 'arn:aws:ses:*:*:identity/*' };
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const { Policy } = await stack.clients.iam.send(
        new CreatePolicyCommand({ PolicyName: 'widened', PolicyDocument }),
      );
      await stack.clients.iam.send(
        new AttachUserPolicyCommand({ UserName: iam.userName, PolicyArn: Policy?.Arn ?? '' }),
      );
    },
    tries: [...plain('can.widened'), ...combine(['a@none.example', 'a@theirs.example'])],
  },
  {
    username: 'can.keyless',
    patterns: [own('can.keyless')],
    afterwards: async ({ userName, accessKeyId }, { edit }) => {
      // A new key may only be too young for IAM to show it, which makes the verdict unknown.
      await edit('can.keyless', { key_created_at: new Date(Date.now() - 3_600_000).toISOString() });
      await stack.clients.iam.send(new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: accessKeyId }));
    },
    tries: plain('can.keyless'),
  },
  {
    username: 'can.renamed',
    patterns: [own('can.renamed')],
    afterwards: async ({ userName }) => {
      await stack.clients.iam.send(new UpdateUserCommand({ UserName: userName, NewUserName: 'renamed-by-hand' }));
    },
    tries: plain('can.renamed'),
  },
];

beforeAll(async () => {
  stack = await startLocalStack({ smtpLimits: { sendsPerSecond: 10_000, sendsPerDay: 100_000 } });
  administration = createCredentialAdministration(stack.description, stack.clients);
  const { ses } = stack.clients;
  const { configurationSet } = stack.description;
  for (const name of ['theirs', 'lost']) {
    await ses.send(new CreateConfigurationSetCommand({ ConfigurationSetName: name }));
  }
  const identities: readonly (readonly [string, string | undefined])[] = [
    ['xn--mnchen-3ya.example', configurationSet],
    ['xn--bcher-kva.example', configurationSet],
    ['elsewhere.example', configurationSet],
    ['a-domain-with-a-name.example', configurationSet],
    ['theirs.example', 'theirs'],
    ['mixed.theirs.example', configurationSet],
    ['none.example', undefined],
    ['lost.example', 'lost'],
  ];
  for (const [EmailIdentity, ConfigurationSetName] of identities) {
    await ses.send(new CreateEmailIdentityCommand({ EmailIdentity, ConfigurationSetName }));
  }
  await ses.send(new DeleteConfigurationSetCommand({ ConfigurationSetName: 'lost' }));
  await ses.send(new PutSuppressedDestinationCommand({ EmailAddress: suppressed, Reason: 'BOUNCE' }));
}, 120_000);

afterAll(async () => {
  for (const clients of limitedClients) clients.destroy();
  await stack?.stop();
});

/** The user and key that a record names now. */
async function iamOf(username: string): Promise<Iam> {
  const record = await administration.read(username);
  const userName = String(record?.['iam_user_arn']).split('/').at(-1) ?? '';
  return { userName, accessKeyId: String(record?.['access_key_id']) };
}

/** From now on records keep what is written to them, and IAM what it has. */
async function stopFunctions(): Promise<void> {
  const { lambda } = stack.clients;
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {})) {
    for (const { UUID } of EventSourceMappings) {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
    }
  }
}

/** As clients write domains: in punycode. */
function toWire(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  const domain = address.slice(at).replace(/>$/, '');
  const isAscii = /^\p{ASCII}*$/u.test(domain);
  return isAscii ? address : address.replace(domain, domainToASCII(domain));
}

const bare = (from: string) => /<(.*)>/.exec(from)?.[1] ?? from;

interface Outcome {
  readonly username: string;
  readonly mail: Try;
  readonly foretold: string;
  readonly accepted: boolean | null;
  readonly replied: string;
  /** A recipient is said to be on the suppression list. */
  readonly isSuppressed: boolean;
}

/** Sends each mail, and asks what will happen just before. */
async function runTries({ username, tries }: Credential): Promise<Outcome[]> {
  const record = (await administration.read(username)) ?? {};
  const account =
    record['access_key_id'] === undefined
      ? { user: 'AKIAMADEUPMADEUPMADE', password: 'made up' }
      : { user: String(record['access_key_id']), password: await readSmtpPassword(stack, record) };
  const deps = createLocalAdminDeps(stack.description, stack.clients);
  const clients = new Map<string, SmtpClient>();
  const outcomes: Outcome[] = [];
  for (const mail of tries) {
    const { from, envelope, to = ['kim@example.org'], sourceIp = '127.0.0.1' } = mail;
    const client = clients.get(sourceIp) ?? (await openSmtpClient(stack.description, account, sourceIp));
    clients.set(sourceIp, client);
    const { accepted, reply, reasons } = await checkSending({ username, from, envelope, to, sourceIp }, deps);
    const wire = { from: toWire(from), envelope: toWire(envelope ?? bare(from)), to };
    const replied = (await client.send(wire)).replace(/^250 Ok .*/, '250 Ok');
    const isSuppressed = reasons.some(({ code }) => code === 'RecipientSuppressed');
    outcomes.push({ username, mail, foretold: reply, accepted, replied, isSuppressed });
  }
  for (const client of clients.values()) client.close();
  return outcomes;
}

it('agrees with what the SMTP endpoint answers', async () => {
  const { create, insert } = administration;
  await Promise.all(
    credentials.map(async ({ username, patterns, more, settle }) => {
      await create(username, [...patterns], more);
      await settle?.(await iamOf(username), administration);
    }),
  );
  await stopFunctions();
  await insert('can.new', [own('can.new')]);
  for (const { username, afterwards } of credentials) await afterwards?.(await iamOf(username), administration);
  await iamPropagated();

  const all = [...credentials, { username: 'can.new', patterns: [], tries: plain('can.new') }];
  const outcomes = (await Promise.all(all.map(runTries))).flat();
  const disagreements = outcomes.filter(
    ({ foretold, accepted, replied }) => foretold !== replied || accepted !== replied.startsWith('250'),
  );
  expect(disagreements).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(200);

  for (const { mail, isSuppressed } of outcomes) expect(isSuppressed).toBe(mail.to?.includes(suppressed) === true);

  // Each kind of reply is among them.
  const counts = Map.groupBy(outcomes, ({ replied }) => replied.replace(/^(\d+ [\w ]+).*/s, '$1'));
  const kinds = Object.fromEntries([...counts].map(([kind, found]) => [kind, found.length]));
  console.log(`${outcomes.length} combinations: ${JSON.stringify(kinds)}`);
  expect(Object.keys(kinds).toSorted()).toEqual([
    '250 Ok',
    '535 Authentication Credentials Invalid',
    '554 Access denied',
    '554 Configuration set ',
    '554 Message rejected',
  ]);
  for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(4);
}, 120_000);

/** Dependencies of a caller who has these rights in IAM and SES. */
async function depsWith(actions: readonly string[]) {
  const { iam } = stack.clients;
  const { region, accountId, endpoint, table } = stack.description;
  const UserName = `checker-${limitedClients.length}`;
  const users = `arn:aws:iam::${accountId}:user/ses-smtp/${region}/${table}/*`;
  const Statement = [
    { Effect: 'Allow', Action: actions.filter((action) => action.startsWith('iam:')), Resource: users },
    { Effect: 'Allow', Action: actions.filter((action) => action.startsWith('ses:')), Resource: '*' },
  ].filter(({ Action }) => Action.length > 0);
  await iam.send(new CreateUserCommand({ UserName }));
  if (Statement.length > 0) {
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'check', PolicyDocument }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  await iamPropagated();
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  const clients = createLocalClients({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  limitedClients.push(clients);
  const { credentials: records } = createLocalAdminDeps(stack.description, stack.clients);
  return { ...createLocalAdminDeps(stack.description, clients), credentials: records };
}

const rights = [
  'iam:ListAccessKeys',
  'iam:SimulatePrincipalPolicy',
  'ses:GetAccount',
  'ses:GetConfigurationSet',
  'ses:GetEmailIdentity',
  'ses:GetSuppressedDestination',
];

it('needs six rights, and says which of them is missing', async () => {
  const mail = { username: 'can.exact', from: own('can.exact'), to: [everybody], sourceIp: '127.0.0.1' };
  expect(await checkSending(mail, await depsWith(rights))).toMatchObject({ accepted: true, reply: '250 Ok' });
  const { accepted, reply, reasons } = await checkSending(mail, await depsWith([]));
  expect({ accepted, reply }).toEqual({ accepted: null, reply: '' });
  const unknown = reasons.filter(({ state }) => state === 'unknown').map(({ message }) => message);
  const named = unknown.map((message) => /The right (\S+) is missing/.exec(message)?.[1]);
  // The configuration set is not known either, because only the identity names it.
  expect([...new Set(named)].toSorted()).toEqual(rights.filter((right) => right !== 'ses:GetConfigurationSet'));
  const denied = await checkSending({ ...mail, username: 'can.disabled' }, await depsWith([]));
  expect(denied).toMatchObject({ accepted: false, reply: '535 Authentication Credentials Invalid' });
});
