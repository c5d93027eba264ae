import { beforeEach, describe, expect, it } from 'vitest';
import { FakeCloud, type Fate } from '../../../test/support/fake-cloud.ts';
import type { Item, WriteResult } from '../credential-table.ts';
import { SesameError } from '../errors.ts';
import { IamUserMissingError, type IamUsers } from '../iam/iam-users.ts';
import { deriveSmtpPassword } from '../iam/smtp-password.ts';
import { rotationTimes } from '../record/rotation.ts';
import type { Outcome, ReconcileDeps, Trigger } from './contract.ts';
import { reconcile } from './reconcile.ts';

const username = 'john.doe';
let cloud: FakeCloud;
let nowMs: number;
let ids: number;
let events: number;
let rules: ReadonlyMap<string, { enabled: boolean }>;

beforeEach(() => {
  cloud = createCloud();
  nowMs = 1_764_000_000_000;
  ids = 0;
  events = 0;
  rules = new Map();
});

function createCloud(): FakeCloud {
  const created = new FakeCloud();
  created.now = () => nowMs;
  return created;
}

function deps(settings: Partial<ReconcileDeps['settings']> = {}): ReconcileDeps {
  return {
    credentials: cloud.credentials,
    iamUsers: cloud.iamUsers,
    encryption: cloud.encryption,
    receivingRules: { findRules: async () => rules },
    settings: {
      table: 'mail',
      scope: { partition: 'aws', region: 'eu-west-1', accountId: '123456789012', configurationSet: 'smtp' },
      receivingRules: 'ignore',
      rotation: rotationTimes(),
      ...settings,
    },
    now: () => {
      nowMs += 1;
      return nowMs;
    },
    newId: () => {
      ids += 1;
      return `run-${ids}`;
    },
    sleep: async () => {},
  };
}

const nextEvent = () => {
  events += 1;
  return `event-${events}`;
};

const run = (settings?: Partial<ReconcileDeps['settings']>, superseded?: string): Promise<Outcome> =>
  reconcile(
    {
      username,
      correlationId: nextEvent(),
      ...(superseded === undefined ? {} : { supersededIamUserName: superseded }),
    },
    deps(settings),
  );

function insert(attributes: Item = {}): void {
  cloud.items.set(username, {
    status: 'pending',
    allowed_from_addresses: ['john.doe@example.com', '*@marketing.example.com'],
    entity_type: 'smtp_credential',
    owner_note: 'an attribute of somebody else',
    ...attributes,
  });
}

function edit(attributes: Item): void {
  cloud.items.set(username, { ...cloud.items.get(username), ...attributes });
}

const record = () => cloud.items.get(username) as Item & { failure?: { message: string; attempts: number } };
const onlyUser = () => {
  expect(cloud.users.size).toBe(1);
  const [user] = cloud.users.values();
  if (user === undefined) throw new Error('There is no user.');
  return user;
};

/** A map with its entries in reverse order, because DynamoDB does not keep the order. */
function reversed(value: unknown): unknown {
  return value?.constructor === Object ? Object.fromEntries(Object.entries(value).reverse()) : value;
}

/** Expects the record to be `active` and to match IAM. */
function expectWorking(): void {
  const item = record();
  expect(item).toMatchObject({ status: 'active', owner_note: 'an attribute of somebody else' });
  expect(item['claim']).toBeUndefined();
  expect(item.failure).toBeUndefined();
  const user = onlyUser();
  expect(item['iam_user_arn']).toBe(user.arn);
  const keyId = item['access_key_id'] as string;
  expect([...user.keys.keys()]).toEqual([keyId]);
  expect(user.keys.get(keyId)?.status).toBe('Active');
  const password = deriveSmtpPassword(user.keys.get(keyId)?.secret as string, 'eu-west-1');
  expect(item['encrypted_password']).toBe(
    `encrypted ${password} for {"table":"mail","username":"john.doe","access_key_id":"${keyId}"}`,
  );
  for (const pattern of item['allowed_from_addresses'] as string[]) {
    expect(user.policy?.document).toContain(`"${pattern}"`);
  }
}

describe('a new record', () => {
  it('becomes active with six calls', async () => {
    insert();
    expect(await run()).toMatchObject({ result: 'converged', transition: 'activated' });
    expectWorking();
    expect(cloud.calls).toEqual([
      'UpdateItem claim',
      'CreateUser',
      'CreateAccessKey',
      'PutUserPolicy',
      'Encrypt',
      'UpdateItem write',
    ]);
    expect([...cloud.users.keys()][0]).toMatch(/^ses-smtp-user-john\.doe-\d{13}$/);
  });

  it('that is invalid becomes failed without any IAM call', async () => {
    insert({ allowed_from_addresses: ['*'] });
    expect(await run()).toMatchObject({ result: 'invalid' });
    expect(record()).toMatchObject({ status: 'failed', failure: { attempts: 1, correlation_id: 'event-1' } });
    expect(record().failure?.message).toContain('allowed_from_addresses');
    expect(cloud.calls).toEqual(['UpdateItem claim', 'UpdateItem write']);
    expect(record()['claim']).toBeUndefined();
  });

  it('with a duplicated item of another user gets a user of its own', async () => {
    insert({
      iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000',
      access_key_id: 'AKIAJANE',
      encrypted_password: 'of jane',
    });
    await run();
    expectWorking();
  });

  it('that is claimed is left to the claim’s holder until the claim expires', async () => {
    insert({ claim: { at: new Date(nowMs - 10_000).toISOString(), by: 'somebody' } });
    expect(await run()).toEqual({ result: 'busy', retryAfterSeconds: 80 });
    nowMs += 81_000;
    expect(await run()).toMatchObject({ result: 'converged' });
    expectWorking();
  });

  it('that is disabled during its provision ends without a key', async () => {
    insert();
    cloud.fate = (call) => {
      if (call === 'Encrypt') edit({ status: 'disabled' });
      return 'works';
    };
    await run();
    expect(record()).toMatchObject({ status: 'disabled' });
    expect(record()['access_key_id']).toBeUndefined();
    expect(cloud.users.size).toBe(0);
  });

  it('that is deleted during its provision leaves nothing behind', async () => {
    insert();
    cloud.fate = (call) => {
      if (call === 'Encrypt') cloud.items.delete(username);
      return 'works';
    };
    expect(await run()).toEqual({ result: 'missing' });
    expect(cloud.users.size).toBe(0);
  });
});

describe('an active record', () => {
  beforeEach(async () => {
    insert();
    await run();
    cloud.calls.length = 0;
  });

  it('whose patterns change gets a new policy and keeps its key', async () => {
    const keyId = record()['access_key_id'];
    edit({ allowed_from_addresses: ['new@example.com'] });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'changed' });
    expectWorking();
    expect(record()['access_key_id']).toBe(keyId);
    expect(cloud.calls).toEqual(['UpdateItem claim', 'PutUserPolicy', 'UpdateItem write']);
  });

  it('that is disabled has no Active key, and gets the same key back', async () => {
    const before = record();
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
    edit({ status: 'pending' });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'enabled' });
    expectWorking();
    expect(record()['encrypted_password']).toBe(before['encrypted_password']);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'disabled',
      async () => {
        edit({ status: 'disabled' });
        await run();
      },
    ],
    ['left alone', async () => {}],
  ])(
    'whose wider policy may be in force, and that is %s, gets the policy of its old patterns',
    async (_what, meanwhile) => {
      const patterns = record()['allowed_from_addresses'];
      edit({ allowed_from_addresses: ['*@example.com'] });
      cloud.fate = (call) => (call === 'PutUserPolicy' ? 'answer lost' : 'works');
      expect(await run()).toMatchObject({ result: 'failed' });
      cloud.fate = () => 'works';
      await meanwhile();
      edit({ status: 'pending', allowed_from_addresses: patterns });
      expect(await run()).toMatchObject({ result: 'converged' });
      expectWorking();
      expect(onlyUser().policy?.document).not.toContain('*@example.com');
    },
  );

  it('that is enabled with an invalid spec is not reported as working', async () => {
    edit({ status: 'disabled' });
    await run();
    edit({ status: 'pendign' });
    expect(await run()).toMatchObject({ result: 'invalid' });
    expect(record().failure?.message).not.toContain('still works');
  });

  it('that somebody sets to active by hand is reported as enabled', async () => {
    edit({ status: 'disabled' });
    await run();
    edit({ status: 'active' });
    const trigger = { username, correlationId: nextEvent(), forceResync: true };
    expect(await reconcile(trigger, deps())).toMatchObject({ result: 'converged', transition: 'enabled' });
    expectWorking();
  });

  it('that is edited wrongly keeps working, and says how to disable it', async () => {
    edit({ status: 'Disabled' });
    expect(await run()).toMatchObject({ result: 'invalid' });
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Active']);
    expect(record().failure?.message).toMatch(
      /^status: "Disabled" is not a status\. .*To stop it, run "sesame disable NAME", or set status to "disabled"\.$/,
    );
  });

  it('that is disabled together with a bad pattern is disabled', async () => {
    edit({ status: 'disabled', allowed_from_addresses: ['*'] });
    await run();
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
  });

  it('whose user was deleted by hand gets a new one', async () => {
    cloud.users.clear();
    edit({ allowed_from_addresses: ['new@example.com'] });
    expect(await run()).toMatchObject({ result: 'converged', transition: 'recreated' });
    expectWorking();
  });

  it('that is replaced as a whole gets a new user, and the old one is deleted', async () => {
    const [superseded] = cloud.users.keys();
    insert();
    await run({}, superseded);
    expectWorking();
    expect(cloud.users.has(superseded as string)).toBe(false);
  });

  it('that is replaced and then deleted before its old user could be deleted loses that user at the next attempt', async () => {
    const [superseded] = cloud.users.keys();
    insert();
    cloud.fate = (call) => {
      if (call === 'CreateUser') cloud.items.delete(username);
      return call === 'GetUser' ? 'refused' : 'works';
    };
    expect(await run({}, superseded)).toMatchObject({ result: 'failed', error: { code: 'ThrottlingException' } });
    cloud.fate = () => 'works';
    expect(await run({}, superseded)).toEqual({ result: 'missing', deletedIamUserName: superseded });
    expect(cloud.users.size).toBe(0);
  });

  it('that is deleted loses its user', async () => {
    const [superseded] = cloud.users.keys();
    cloud.items.delete(username);
    expect(await run({}, superseded)).toEqual({ result: 'missing', deletedIamUserName: superseded });
    expect(cloud.users.size).toBe(0);
  });

  it('whose policy could not be written gets it at the next attempt', async () => {
    edit({ allowed_from_addresses: ['new@example.com'] });
    cloud.fate = (call) => (call === 'PutUserPolicy' ? 'answer lost' : 'works');
    expect(await run()).toMatchObject({ result: 'failed' });
    edit({ allowed_from_addresses: ['john.doe@example.com', '*@marketing.example.com'] });
    cloud.fate = () => 'works';
    expect(await run()).toMatchObject({ result: 'converged' });
    expectWorking();
  });

  it('never changes a user without its tags', async () => {
    const [name, user] = [...cloud.users][0] as [string, ReturnType<typeof onlyUser>];
    cloud.users.set(name, { ...user, tags: [] });
    edit({ status: 'disabled' });
    expect(await run()).toMatchObject({ result: 'invalid' });
    expect([...user.keys.values()].map((key) => key.status)).toEqual(['Active']);
    expect(record()).toMatchObject({ status: 'disabled', failure: { code: 'IamUserNotOwned' } });
  });
});

describe('leftovers', () => {
  const dieAt = async (call: string) => {
    cloud.fate = (name) => (name === call ? 'die after' : 'works');
    await run().catch(() => {});
    cloud.revive();
    cloud.fate = () => 'works';
    nowMs += 100_000;
  };

  it('of an unfinished user are named by the record if it is disabled in the meantime', async () => {
    insert();
    await dieAt('CreateAccessKey');
    edit({ status: 'disabled' });
    await run();
    expect(record()['iam_user_arn']).toBe(onlyUser().arn);
    edit({ status: 'pending' });
    await run();
    expectWorking();
  });

  it('of an unfinished user are deleted if the record has become invalid in the meantime', async () => {
    insert();
    await dieAt('CreateAccessKey');
    edit({ allowed_from_addresses: ['*'] });
    expect(await run()).toMatchObject({ result: 'invalid' });
    expect(cloud.users.size).toBe(0);
  });

  it('of a rotation that is no longer requested are deleted', async () => {
    insert();
    await run();
    edit({ rotate_requested: true });
    await dieAt('CreateAccessKey');
    expect(onlyUser().keys.size).toBe(2);
    edit({ rotate_requested: false });
    await run();
    expectWorking();
  });

  it('are deleted if somebody removed the claim of the attempt that created them', async () => {
    insert();
    cloud.fate = (call) => {
      if (call === 'Encrypt') edit({ claim: undefined });
      return 'works';
    };
    await run();
    expect(cloud.users.size).toBe(0);
  });
});

describe('a lost answer', () => {
  it('of the last write undoes nothing, in whatever order DynamoDB returns the written maps', async () => {
    insert();
    const { write } = cloud.credentials;
    const item = (result: WriteResult) =>
      Object.fromEntries(Object.entries(result.item ?? {}).map(([name, value]) => [name, reversed(value)]));
    const again: ReconcileDeps = {
      ...deps(),
      // The SDK's own retry is refused, and returns the item that the first attempt wrote.
      credentials: {
        ...cloud.credentials,
        write: async (...args) => {
          await write(...args);
          const refused = await write(...args);
          return { ...refused, item: item(refused) };
        },
      },
    };
    expect(await reconcile({ username, correlationId: 'event' }, again)).toMatchObject({ transition: 'activated' });
    expectWorking();
  });
});

describe('a lost answer, and another write before the retry', () => {
  it.each<[string, (item: Item) => Item]>([
    ['claims the record', (item) => ({ ...item, claim: { by: 'somebody', at: new Date(nowMs).toISOString() } })],
    ['works on it', (item) => ({ ...item, updated_by: 'somebody' })],
    ['disables it', (item) => ({ ...item, status: 'disabled' })],
  ])('%s, takes no key away', async (_what, change) => {
    insert();
    const { write } = cloud.credentials;
    const credentials: ReconcileDeps['credentials'] = {
      ...cloud.credentials,
      write: async (...args) => {
        await write(...args);
        cloud.items.set(username, change(record()));
        return write(...args);
      },
    };
    await reconcile({ username, correlationId: 'event' }, { ...deps(), credentials });
    expect([...onlyUser().keys.keys()]).toEqual([record()['access_key_id']]);
  });
});

describe('a new user', () => {
  it("that IAM doesn't show yet doesn't count as deleted", async () => {
    insert();
    let isVisible = false;
    const hidden = deps();
    const { createAccessKey, putPolicy, listAccessKeys, findUser } = cloud.iamUsers;
    const missing = (name: string) => Promise.reject(new IamUserMissingError(name));
    const iamUsers: IamUsers = {
      ...cloud.iamUsers,
      createAccessKey: (name) => (isVisible ? createAccessKey(name) : missing(name)),
      putPolicy: (name, ...rest) => (isVisible ? putPolicy(name, ...rest) : missing(name)),
      listAccessKeys: (name) => (isVisible ? listAccessKeys(name) : missing(name)),
      findUser: (name) => (isVisible ? findUser(name) : Promise.resolve(undefined)),
    };
    const trigger = { username, correlationId: 'event' };
    expect(await reconcile(trigger, { ...hidden, iamUsers })).toMatchObject({ result: 'failed' });
    isVisible = true;
    expect(await reconcile(trigger, { ...hidden, iamUsers })).toMatchObject({ result: 'converged' });
    expectWorking();
  });

  it("is waited for while IAM doesn't know its path and tags", async () => {
    insert();
    let refusals = 6;
    const { createAccessKey } = cloud.iamUsers;
    const iamUsers: IamUsers = {
      ...cloud.iamUsers,
      createAccessKey: (name) => {
        refusals -= 1;
        if (refusals < 0) return createAccessKey(name);
        return Promise.reject(new SesameError('AccessDeniedException', 'retryable', 'Not authorized.'));
      },
    };
    expect(await reconcile({ username, correlationId: 'event' }, { ...deps(), iamUsers })).toMatchObject({
      transition: 'activated',
    });
    expectWorking();
  });
});

describe('a rotation', () => {
  it('is finished if somebody deleted the old key by hand', async () => {
    insert();
    await run();
    edit({ rotate_requested: true });
    await run();
    edit({ verified_at: new Date(nowMs).toISOString() });
    onlyUser().keys.delete((record()['previous_key'] as { access_key_id: string }).access_key_id);
    const lastUsedMs = () => Promise.reject(new SesameError('NoSuchEntityException', 'retryable', 'No such key.'));
    nowMs += 8 * 86_400_000;
    const iamUsers = { ...cloud.iamUsers, lastUsedMs };
    const outcome = await reconcile({ username, correlationId: 'event' }, { ...deps(), iamUsers });
    expect(outcome).toMatchObject({ result: 'converged' });
    expectWorking();
  });
});

describe('a redelivered trigger', () => {
  const trigger = (correlationId: string, more: Partial<Trigger> = {}) =>
    reconcile({ username, correlationId, ...more }, deps());

  it('gets the transition that was made for it, which may not have been reported', async () => {
    insert();
    expect(await trigger('insert')).toMatchObject({ transition: 'activated' });
    expect(await trigger('insert')).toMatchObject({ result: 'converged', transition: 'activated', isRepeat: true });
    expect(await trigger('something else')).toMatchObject({ result: 'converged', transition: undefined });
    edit({ status: 'disabled' });
    expect(await trigger('disable')).toMatchObject({ transition: 'disabled' });
    expect(await trigger('insert'), 'what is no longer so').toMatchObject({ transition: undefined });
    expect(await trigger('disable')).toMatchObject({ transition: 'disabled', isRepeat: true });
  });

  it('gets that transition even after a forced resync', async () => {
    insert();
    await trigger('insert');
    expect(await trigger('insert', { forceResync: true })).toMatchObject({ transition: 'activated', isRepeat: true });
    expect(await trigger('insert', { forceResync: true })).toMatchObject({ transition: 'activated', isRepeat: true });
    expect(await trigger('something else', { forceResync: true })).toMatchObject({ transition: 'changed' });
  });

  it('gets a disabling that could not be recorded', async () => {
    insert();
    await trigger('insert');
    edit({ status: 'disabled' });
    cloud.fate = (call, at) => (call === 'UpdateItem write' && at < 20 ? 'refused' : 'works');
    await trigger('disable').catch(() => undefined);
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
    cloud.fate = () => 'works';
    nowMs += 100_000;
    expect(await trigger('disable')).toMatchObject({ result: 'converged', transition: 'disabled' });
    expect(await trigger('something else')).toMatchObject({ result: 'converged', transition: undefined });
  });

  it('gets the failure of the record; a retry does not', async () => {
    insert();
    cloud.fate = (call) => (call === 'CreateUser' ? 'refused' : 'works');
    expect(await trigger('insert')).toMatchObject({ result: 'failed', isNews: true });
    expect(await trigger('insert')).toMatchObject({ result: 'failed', isNews: true });
    expect(await trigger('insert', { isRetry: true })).toMatchObject({ result: 'failed', isNews: false });
    expect(await trigger('something else')).toMatchObject({ result: 'failed', isNews: false });
  });

  it('gets the deletion of a record’s IAM user', async () => {
    insert();
    await trigger('insert');
    const [supersededIamUserName = ''] = cloud.users.keys();
    cloud.items.delete(username);
    const attribution = { requested_by: 'jo' };
    expect(await trigger('delete', { supersededIamUserName, attribution })).toEqual({
      result: 'missing',
      deletedIamUserName: supersededIamUserName,
      attribution,
    });
    await expect(trigger('delete', { supersededIamUserName }), 'too young to be called gone').rejects.toMatchObject({
      code: 'IamUserNotVisible',
      kind: 'retryable',
    });
    nowMs += 300_000;
    expect(await trigger('delete', { supersededIamUserName })).toEqual({
      result: 'missing',
      deletedIamUserName: supersededIamUserName,
      isRepeat: true,
    });
  });

  it('ignores a transition that somebody invented', async () => {
    insert();
    await trigger('insert');
    edit({ last_transition: { name: 'constructor', correlation_id: 'insert' } });
    expect(await trigger('insert')).toMatchObject({ result: 'converged', transition: undefined });
  });
});

describe('a holder that outlives its claim', () => {
  it('deletes the key that it created, and nothing of its successor', async () => {
    insert();
    const slow: { -readonly [Name in keyof ReconcileDeps]: ReconcileDeps[Name] } = deps();
    let successor: Promise<Outcome> | undefined;
    slow.encryption = {
      encrypt: async () => {
        nowMs += 100_000;
        successor = reconcile({ username, correlationId: 'later' }, deps());
        await successor;
        throw new Error('KMS answers no more.');
      },
    };
    const outcome = await reconcile({ username, correlationId: 'slow' }, slow);
    expect(await successor).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(outcome.result).toBe('busy');
    expectWorking();
  });

  it('leaves nothing behind when the record was deleted', async () => {
    insert();
    cloud.fate = (call) => {
      if (call === 'Encrypt') {
        nowMs += 100_000;
        cloud.items.delete(username);
      }
      return 'works';
    };
    expect(await run()).toEqual({ result: 'missing' });
    expect(cloud.users.size).toBe(0);
  });

  it('enables nothing that was disabled in the meantime', async () => {
    insert();
    await run();
    edit({ status: 'disabled' });
    await run();
    edit({ status: 'pending' });
    const slow = { ...deps() };
    slow.iamUsers = {
      ...cloud.iamUsers,
      listAccessKeys: async (name) => {
        const keys = await cloud.iamUsers.listAccessKeys(name);
        edit({ status: 'disabled' });
        nowMs += 100_000;
        expect(await run()).toMatchObject({ result: 'converged' });
        return keys;
      },
    };
    expect(await reconcile({ username, correlationId: 'slow' }, slow)).toMatchObject({ result: 'busy' });
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
  });

  it('leaves the name of the user that it created to the next attempt', async () => {
    insert();
    cloud.fate = (call) => {
      if (call !== 'Encrypt') return 'works';
      nowMs += 100_000;
      return 'refused';
    };
    expect(await run()).toMatchObject({ result: 'failed' });
    expect(onlyUser().keys.size).toBe(0);
    cloud.fate = () => 'works';
    await run();
    expectWorking();
  });
});

describe('quarantine by AWS', () => {
  it('is detected by a forced resync, and when a disabled record is enabled', async () => {
    insert();
    await run();
    onlyUser().quarantined = true;
    await reconcile({ username, correlationId: 'event-1', forceResync: true }, deps());
    expect(record()).toMatchObject({ status: 'disabled', suspension: { reason: 'AwsQuarantine' } });
    edit({ status: 'pending', suspension: undefined });
    await run();
    expect(record()).toMatchObject({ status: 'disabled', suspension: { reason: 'AwsQuarantine' } });
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
  });
});

describe('receiving rules', () => {
  it('cause a warning on the record', async () => {
    insert();
    expect(await run({ receivingRules: 'warn' })).toMatchObject({ result: 'converged', transition: 'activated' });
    expect(record()['warning']).toMatchObject([
      { code: 'ReceivingRuleMissing', text: expect.stringContaining('john.doe@example.com') },
    ]);
  });

  it('that are required narrow the policy when they disappear, and disable the credential when none is left', async () => {
    const rule = (pattern: string) => [`ROUTE#${pattern}`, { enabled: true }] as const;
    const both = [rule('john.doe@example.com'), rule('*@marketing.example.com')];
    const settings = { receivingRules: 'require' } as const;
    insert();
    rules = new Map(both);
    expect(await run(settings)).toMatchObject({ result: 'converged', transition: 'activated' });
    rules = new Map([both[1] as (typeof both)[number]]);
    expect(await run(settings)).toMatchObject({ result: 'converged', transition: 'changed' });
    expect(onlyUser().policy?.document).not.toContain('john.doe@example.com');
    expect(onlyUser().policy?.document).toContain('*@marketing.example.com');
    expect(record()['warning']).toMatchObject([
      { code: 'ReceivingRuleMissing', text: expect.stringContaining('john.doe@example.com') },
    ]);
    expect(await run(settings)).toMatchObject({ result: 'converged', transition: undefined });
    rules = new Map();
    expect(await run(settings)).toMatchObject({ result: 'converged', transition: 'suspended' });
    expect(record()).toMatchObject({ status: 'disabled', suspension: { reason: 'ReceivingRulesGone' } });
    expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
    rules = new Map(both);
    edit({ status: 'pending' });
    expect(await run(settings)).toMatchObject({ result: 'converged', transition: 'enabled' });
    expectWorking();
    expect(record()['warning']).toBeUndefined();
  });

  it('that are required narrow the policy when they disappear, even if IAM accepts it only at the second attempt', async () => {
    const settings = { receivingRules: 'require' } as const;
    insert({ allowed_from_addresses: ['john.doe@example.com', 'jane.doe@example.com'] });
    rules = new Map([
      ['ROUTE#john.doe@example.com', { enabled: true }],
      ['ROUTE#jane.doe@example.com', { enabled: true }],
    ]);
    await run(settings);
    rules = new Map([['ROUTE#john.doe@example.com', { enabled: true }]]);
    cloud.fate = (call) => (call === 'PutUserPolicy' ? 'refused' : 'works');
    expect(await run(settings)).toMatchObject({ result: 'failed' });
    cloud.fate = () => 'works';
    expect(await run(settings)).toMatchObject({ result: 'converged' });
    expect(onlyUser().policy?.document).not.toContain('jane.doe@example.com');
  });

  it('are required', async () => {
    insert();
    expect(await run({ receivingRules: 'require' })).toMatchObject({ result: 'invalid' });
    expect(record()).toMatchObject({ status: 'failed', failure: { code: 'ReceivingRuleMissing' } });
  });
});

interface Flow {
  readonly prepare: () => Promise<void>;
  readonly change: () => unknown;
  readonly trigger?: () => Partial<Trigger>;
  readonly end: () => void;
}

const flows: Record<string, Flow> = {
  create: { prepare: async () => insert(), change: () => {}, end: expectWorking },
  change: {
    prepare: async () => {
      insert();
      await run();
    },
    change: () => edit({ allowed_from_addresses: ['new@example.com'] }),
    end: expectWorking,
  },
  disable: {
    prepare: async () => {
      insert();
      await run();
    },
    change: () => edit({ status: 'disabled' }),
    end: () => {
      expect(record()).toMatchObject({ status: 'disabled' });
      expect([...onlyUser().keys.values()].map((key) => key.status)).toEqual(['Inactive']);
    },
  },
  enable: {
    prepare: async () => {
      insert();
      await run();
      edit({ status: 'disabled' });
      await run();
    },
    change: () => edit({ status: 'pending' }),
    end: expectWorking,
  },
  rotate: {
    prepare: async () => {
      insert();
      await run();
    },
    change: () => edit({ rotate_requested: true }),
    end: expectTwoKeys,
  },
  retire: {
    prepare: prepareRotated,
    change: () => {
      nowMs += 8 * dayMs;
    },
    end: () => {
      const { access_key_id: oldKeyId, inactive_since: since } = record()['previous_key'] as Item;
      expect(since).toBeDefined();
      expect(onlyUser().keys.get(String(oldKeyId))?.status).toBe('Inactive');
    },
  },
  'delete the old key': {
    prepare: async () => {
      await prepareRotated();
      nowMs += 8 * dayMs;
      await run();
    },
    change: () => {
      nowMs += 2 * dayMs;
    },
    end: expectWorking,
  },
  'undo a rotation': {
    prepare: async () => {
      await prepareRotated();
      edit({ verified_at: undefined });
    },
    change: () => {
      nowMs += 2 * dayMs;
    },
    end: expectWorking,
  },
  adopt: {
    prepare: async () => {
      insert();
      cloud.fate = (call) => (call === 'CreateAccessKey' ? 'die after' : 'works');
      await run().catch(() => {});
      cloud.revive();
      cloud.fate = () => 'works';
      nowMs += 100_000;
    },
    change: () => {},
    end: expectWorking,
  },
  'recreate a deleted user': {
    prepare: async () => {
      insert();
      await run();
    },
    change: () => cloud.users.clear(),
    trigger: () => ({ forceResync: true }),
    end: expectWorking,
  },
  'repair a tampered user': {
    prepare: async () => {
      insert();
      await run();
    },
    change: () => {
      const user = onlyUser();
      cloud.addKey(user);
      user.policy = { document: 'somebody wrote this', form: 'inline' };
      for (const key of user.keys.values()) key.status = 'Inactive';
    },
    trigger: () => ({ forceResync: true }),
    end: expectWorking,
  },
  'delete the record': {
    prepare: async () => {
      insert();
      await run();
      superseded = [...cloud.users.keys()][0];
    },
    change: () => cloud.items.delete(username),
    trigger: () => (superseded === undefined ? {} : { supersededIamUserName: superseded }),
    end: () => expect(cloud.users.size).toBe(0),
  },
  'replace the record': {
    prepare: async () => {
      insert();
      await run();
      superseded = [...cloud.users.keys()][0];
    },
    change: () => insert(),
    trigger: () => (superseded === undefined ? {} : { supersededIamUserName: superseded }),
    end: expectWorking,
  },
};

const dayMs = 86_400_000;
let superseded: string | undefined;

async function prepareRotated(): Promise<void> {
  insert();
  await run();
  edit({ rotate_requested: true });
  await run();
  edit({ verified_at: '2026-01-01T00:00:00Z' });
}

function expectTwoKeys(): void {
  expect(record()).toMatchObject({ status: 'active' });
  expect(record()['rotate_requested']).toBeUndefined();
  const { access_key_id: oldKeyId } = record()['previous_key'] as Item;
  expect([...onlyUser().keys]).toMatchObject([
    [oldKeyId, { status: 'Active' }],
    [record()['access_key_id'], { status: 'Active' }],
  ]);
}

/**
 * Retries as the dead-letter queue does: after the claim has expired, and then until everything in IAM is old enough to
 * be visible.
 */
async function untilDone(go: () => Promise<Outcome>): Promise<string> {
  let result = '';
  for (let tries = 0; tries < 4 && result !== 'converged' && result !== 'missing'; tries += 1) {
    nowMs += 100_000;
    result = await go().then(
      (outcome) => outcome.result,
      (error: unknown) => String(error),
    );
  }
  return result;
}

/** Fails one call and retries, as the dead-letter queue would, until the record is converged. */
describe.each(Object.entries(flows))('%s, stopped at any call', (_name, flow) => {
  const fates: Fate[] = ['refused', 'answer lost', 'die before', 'die after'];
  it.each(fates)('%s', async (fate) => {
    for (let number = 0; ; number += 1) {
      cloud = createCloud();
      await flow.prepare();
      cloud.calls.length = 0;
      flow.change();
      let reached = false;
      cloud.fate = (_call, at) => {
        if (at !== number) return 'works';
        reached = true;
        return fate;
      };
      const go = () => reconcile({ username, correlationId: 'event-1', ...flow.trigger?.() }, deps());
      await go().catch((error: unknown) => {
        if (!(error instanceof Error)) throw error;
      });
      if (!reached) {
        expect(number).toBeGreaterThan(1);
        return;
      }
      cloud.revive();
      cloud.fate = () => 'works';
      expect(await untilDone(go), `call ${number}: ${cloud.calls[number]}`).toMatch(/^(converged|missing)$/);
      flow.end();
    }
  });
});
