import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { EncryptCommand } from '@aws-sdk/client-kms';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { LocalClients } from '../../local/local-clients.ts';
import type { LocalDescription } from '../../local/local-description.ts';
import { deriveSmtpPassword } from '../../src/credential/iam/smtp-password.ts';

/** A record and its IAM user as version 0.1 left them, read from its local stack. */
export interface Leftover {
  readonly username: string;
  readonly record: Readonly<Record<string, unknown>>;
  readonly user: {
    readonly name: string;
    readonly path: string;
    readonly boundary: string;
    readonly tags: readonly { readonly Key: string; readonly Value: string }[];
    readonly keys: readonly { readonly access_key_id: string; readonly status: 'Active' | 'Inactive' }[];
    readonly inline_policies: readonly { readonly name: string; readonly document: object }[];
    readonly managed_policies: readonly {
      readonly name: string;
      readonly path: string;
      readonly tags: readonly { readonly Key: string; readonly Value: string }[];
      readonly document: object;
    }[];
  };
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'version-0.1');

/** All of them, by username. */
export function readVersion01(): ReadonlyMap<string, Leftover> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => {
      const username = file.slice(0, -'.json'.length);
      return [
        username,
        { username, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<Leftover, 'username'>) },
      ];
    }),
  );
}

/** When the fixtures were read from the stack of version 0.1. */
const RECORDED_AT_MS = Date.parse('2026-11-26T02:00:00.000Z');
/** How old they are when a test loads them: after every lease, and before a rotation without a login is undone. */
const AGE_MS = 2 * 3_600_000;

/** Moves all times in a JSON text, so that a test doesn't depend on its date. */
function moveTimes(json: string, byMs: number): string {
  return json.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (time) =>
    new Date(Date.parse(time) + byMs).toISOString(),
  );
}

/**
 * Recreates in an account what version 0.1 left: user, tags, boundary, keys, policies and record. IAM makes new keys, so the record
 * gets their ids and passwords, encrypted in the context of the plain table name, as in that version.
 */
export async function loadVersion01(
  { record, user }: Leftover,
  { table, region, accountId, kmsKeyArn, permissionsBoundaryArn }: LocalDescription,
  { iam, kms, dynamodb }: LocalClients,
): Promise<void> {
  const UserName = user.name;
  await iam.send(
    new CreateUserCommand({
      UserName,
      Path: user.path,
      PermissionsBoundary: permissionsBoundaryArn,
      Tags: [...user.tags],
    }),
  );
  const username = String(record['SK']).slice('USER#'.length);
  let text = moveTimes(JSON.stringify(record), Date.now() - AGE_MS - RECORDED_AT_MS);
  const passwords = new Map<string, string>();
  for (const { access_key_id: old, status } of user.keys) {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId = '', SecretAccessKey = '' } = AccessKey ?? {};
    if (status === 'Inactive') await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: status }));
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({
        KeyId: kmsKeyArn,
        Plaintext: Buffer.from(deriveSmtpPassword(SecretAccessKey, region)),
        EncryptionContext: { table, username, access_key_id: AccessKeyId },
      }),
    );
    text = text.replaceAll(old, AccessKeyId);
    passwords.set(AccessKeyId, Buffer.from(CiphertextBlob ?? []).toString('base64'));
  }
  for (const { name, document } of user.inline_policies) {
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: name, PolicyDocument: JSON.stringify(document) }));
  }
  for (const { name, path, tags, document } of user.managed_policies) {
    const PolicyDocument = JSON.stringify(document);
    await iam.send(new CreatePolicyCommand({ PolicyName: name, Path: path, PolicyDocument, Tags: [...tags] }));
    await iam.send(
      new AttachUserPolicyCommand({ UserName, PolicyArn: `arn:aws:iam::${accountId}:policy${path}${name}` }),
    );
  }
  const withPassword = <T extends Record<string, unknown>>(part: T): T =>
    part['encrypted_password'] === undefined
      ? part
      : { ...part, encrypted_password: passwords.get(String(part['access_key_id'])) };
  const item = withPassword(JSON.parse(text) as Record<string, unknown>);
  const previous = item['previous_key'] as Record<string, unknown> | undefined;
  const Item = marshall({ ...item, ...(previous === undefined ? {} : { previous_key: withPassword(previous) }) });
  await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
}
