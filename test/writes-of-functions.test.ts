import type { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { readPolicyTemplate } from '../local/policy/read-policy-template.ts';
import { createRevealCounter } from '../src/aws/dynamodb/reveal-counter.ts';
import type { Item, RecordChange, WriteResult } from '../src/credential/credential-table.ts';
import { SesameError } from '../src/credential/errors.ts';
import { writeMakingRoom } from '../src/credential/record/make-room.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { buildSuspension, buildSuspensionEnd, type SuspensionWrite } from '../src/credential/record/suspension.ts';
import { systemAttributes } from '../src/credential/record/system-attributes.ts';
import { Secret } from '../src/credential/secret.ts';
import { type VerifyDeps, verifyCredential } from '../src/credential/verify/verify.ts';
import { FakeCloud } from './support/fake-cloud.ts';

/** The attributes that a statement lets a function name in an update, conditions included. */
async function attributesOf(policy: string, sid: string): Promise<readonly string[]> {
  const { Statement } = JSON.parse(await readPolicyTemplate(policy)) as {
    Statement: { Sid: string; Condition?: Record<string, Record<string, readonly string[]>> }[];
  };
  const found = Statement.find(({ Sid }) => Sid === sid)?.Condition?.['ForAllValues:StringEquals'];
  return found?.['dynamodb:Attributes'] ?? [];
}

/** A record that has everything, so that making room removes all that it may remove. */
const full: Item = {
  ...Object.fromEntries(
    Object.keys(systemAttributes)
      .filter((name) => !['verified_at', 'claim', 'failure', 'suspension', 'previous_key'].includes(name))
      .map((name) => [name, 'x']),
  ),
  status: 'active',
  allowed_from_addresses: ['jane@example.com'],
  description: 'words',
  iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-jane-1764000000000',
  access_key_id: 'AKIAIOSFODNN7EXAMPLE',
  encrypted_password: 'AAAA',
  identity_warning: 'words',
};

/** A table that never has room, and keeps which attributes each try names. */
function createFullTable() {
  const named = new Set(['PK', 'SK']);
  const update = (_username: string, change: RecordChange, condition: Item): Promise<WriteResult> => {
    for (const name of [...Object.keys(change.set), ...change.remove, ...Object.keys(condition)]) named.add(name);
    return Promise.reject(new SesameError('RecordTooLarge', 'permanent', 'No room.'));
  };
  return { named, update };
}

const nowMs = Date.parse('2026-03-01T10:00:00.000Z');
const isNoCiphertext = new SesameError('InvalidCiphertextException', 'permanent', 'No.');
const isTooLarge = expect.objectContaining({ code: 'RecordTooLarge' });

it.each(['smtp-email-validator', 'smtp-feedback-processor'])(
  '%s may write what suspending needs, and no more',
  async (policy) => {
    const { named, update } = createFullTable();
    const ending = {
      reason: 'SendQuota',
      at: '2026-03-01T09:00:00.000Z',
      evidence: 'e',
      until: '2026-03-01T09:30:00.000Z',
    };
    const suspended = { ...full, status: 'disabled', suspension: ending };
    const writes: (SuspensionWrite | undefined)[] = [
      ...[full, suspended].map((item) =>
        buildSuspension({ record: readRecord('jane', item), reason: 'BounceRate', evidence: 'e', nowMs }),
      ),
      buildSuspensionEnd(readRecord('jane', suspended), nowMs),
    ];
    for (const write of writes) {
      if (write === undefined) throw new Error('Nothing would be written.');
      const attempt = (change: RecordChange) => update('jane', change, write.condition);
      await expect(writeMakingRoom(attempt, write.change, full)).rejects.toEqual(isTooLarge);
    }
    expect([...named].sort()).toEqual([...(await attributesOf(policy, 'SuspendCredentials'))].sort());
  },
);

it('smtp-credential-verifier may write what a verification needs, and no more', async () => {
  const { named, update } = createFullTable();
  const verify = (code: 235 | 535, opens = true) => {
    const deps: VerifyDeps = {
      credentials: {
        ...new FakeCloud().credentials,
        read: () => Promise.resolve(full),
        update,
      },
      decryption: { decrypt: () => (opens ? Promise.resolve(new Secret('x')) : Promise.reject(isNoCiphertext)) },
      smtp: {
        logIn: () =>
          Promise.resolve(code === 235 ? { result: 'accepted' } : { result: 'refused', code, text: '535 Refused' }),
      },
      table: 'mail',
      settings: { successes: 1, pauseMs: 1, limitMs: 0 },
      now: () => nowMs,
      sleep: () => Promise.resolve(),
    };
    return verifyCredential({ username: 'jane', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, deps);
  };
  await expect(verify(235)).rejects.toEqual(isTooLarge);
  await expect(verify(535)).rejects.toEqual(isTooLarge);
  await expect(verify(535, false)).rejects.toEqual(isTooLarge);
  const allowed = await attributesOf('smtp-credential-verifier', 'RecordVerifications');
  expect([...named].sort()).toEqual([...allowed].sort());
});

it('smtp-password-reveal may write what counting needs, and no more', async () => {
  const named = new Set(['PK', 'SK']);
  const client = {
    send: ({ input }: UpdateItemCommand) => {
      for (const name of Object.values(input.ExpressionAttributeNames ?? {})) named.add(name);
      expect(input.ReturnValues).toBe('NONE');
      return Promise.resolve({});
    },
  } as unknown as DynamoDBClient;
  const counter = createRevealCounter(() => client, 'mail');
  for (const before of [undefined, { access_key_id: 'AKIAIOSFODNN7EXAMPLE', count: 1 }])
    expect(await counter.count('jane', 'AKIAIOSFODNN7EXAMPLE', before)).toBe(true);
  expect([...named].sort()).toEqual([...(await attributesOf('smtp-password-reveal', 'CountReveals'))].sort());
});

it('smtp-admin-api may write what the operator may', async () => {
  const allowed = await attributesOf('smtp-admin-api', 'ChangeRecords');
  expect(allowed).toEqual(await attributesOf('admin-operator', 'ChangeRecords'));
  expect(allowed.length).toBeGreaterThan(10);
});
