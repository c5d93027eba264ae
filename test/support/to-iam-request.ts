import type { LocalDescription } from '../../local/local-description.ts';
import { buildIamPath, IAM_PATH } from '../../src/credential/iam/ownership.ts';
import type { RecordedCall } from './recorded-calls.ts';

/** A call as IAM authorizes it: action, resource and condition keys. */
export interface AuthorizedCall {
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

/** What IAM knows about a user when it authorizes a call. */
interface KnownUser {
  path: string;
  tags: Record<string, string>;
  boundary: string;
}

type Parameters = Record<string, unknown>;

/**
 * Translates recorded calls into what AWS authorizes, with the condition keys that AWS supplies: those of the request come from
 * its parameters, those of an IAM user from the call that created it.
 *
 * @throws Error for an unknown call: every call needs a translation, otherwise nothing would be proven about it
 */
export function toIamRequests(calls: readonly RecordedCall[], description: LocalDescription): AuthorizedCall[] {
  const { region, accountId } = description;
  const users = new Map<string, KnownUser>();
  const policies = new Map<string, Record<string, string>>();
  const keys = new Map<string, string>();
  const path = buildIamPath(description);
  const userArn = (name: unknown) => `arn:aws:iam::${accountId}:user${users.get(String(name))?.path ?? path}${name}`;
  /** Users that no recorded call created come from version 0.1. */
  const tagsOf01 = { 'sesame:table': description.table };

  function prefixed(prefix: string, tags: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
  }

  function userContext(name: unknown): Record<string, string> {
    const user = users.get(String(name));
    if (user === undefined) return {};
    return {
      'iam:PermissionsBoundary': user.boundary,
      ...prefixed('iam:ResourceTag/', user.tags),
    };
  }

  function createUser(parameters: Parameters): AuthorizedCall[] {
    const tags = readTags(parameters);
    const boundary = String(parameters['PermissionsBoundary'] ?? '');
    const resource = `arn:aws:iam::${accountId}:user${parameters['Path'] ?? '/'}${parameters['UserName']}`;
    users.set(String(parameters['UserName']), { path: String(parameters['Path'] ?? '/'), tags, boundary });
    const requestTags = {
      ...prefixed('aws:RequestTag/', tags),
      'aws:TagKeys': Object.keys(tags),
    };
    const create = {
      action: 'iam:CreateUser',
      resource,
      context: { ...requestTags, 'iam:PermissionsBoundary': boundary },
    };
    // Creating a user with tags also requires permission to tag.
    return Object.keys(tags).length === 0
      ? [create]
      : [create, { action: 'iam:TagUser', resource, context: requestTags }];
  }

  function tagUser(parameters: Parameters): AuthorizedCall[] {
    const name = String(parameters['UserName']);
    const tags = readTags(parameters);
    const before = users.get(name) ?? { path: IAM_PATH, tags: tagsOf01, boundary: description.permissionsBoundaryArn };
    users.set(name, before);
    const requestTags = { ...prefixed('aws:RequestTag/', tags), 'aws:TagKeys': Object.keys(tags) };
    const call = { action: 'iam:TagUser', resource: userArn(name), context: { ...userContext(name), ...requestTags } };
    users.set(name, { ...before, tags: { ...before.tags, ...tags } });
    return [call];
  }

  /** IAM authorizes the user's old and new ARN. */
  function updateUser({ UserName, NewPath }: Parameters): AuthorizedCall[] {
    const action = 'iam:UpdateUser';
    const source = { action, resource: userArn(UserName), context: userContext(UserName) };
    const user = users.get(String(UserName));
    if (user !== undefined) users.set(String(UserName), { ...user, path: String(NewPath) });
    return [source, { action, resource: userArn(UserName), context: {} }];
  }

  function onIamUser(action: string, parameters: Parameters): AuthorizedCall {
    const name = parameters['UserName'] ?? keys.get(String(parameters['AccessKeyId']));
    const policyArn = parameters['PolicyArn'];
    return {
      action,
      resource: userArn(name),
      context: {
        ...userContext(name),
        ...(policyArn === undefined ? {} : { 'iam:PolicyARN': String(policyArn) }),
      },
    };
  }

  function onDynamoDb(action: string, parameters: Parameters): AuthorizedCall[] {
    const requested = parameters['RequestItems'] as Record<string, { Keys: { PK: { S: string } }[] }> | undefined;
    if (requested !== undefined) {
      return Object.entries(requested).map(([table, { Keys }]) => ({
        action,
        resource: `arn:aws:dynamodb:${region}:${accountId}:table/${table}`,
        context: { 'dynamodb:LeadingKeys': [...new Set(Keys.map(({ PK }) => PK.S))] },
      }));
    }
    if (parameters['Select'] !== undefined) {
      const values = parameters['ExpressionAttributeValues'] as Record<string, { S?: string }>;
      return [
        {
          action,
          resource: `arn:aws:dynamodb:${region}:${accountId}:table/${parameters['TableName']}`,
          context: {
            'dynamodb:LeadingKeys': [values[':pk']?.S ?? ''],
            'dynamodb:Select': String(parameters['Select']),
          },
        },
      ];
    }
    const key = parameters['Key'] as { PK?: { S?: string } };
    return [
      {
        action,
        resource: `arn:aws:dynamodb:${region}:${accountId}:table/${parameters['TableName']}`,
        context: { 'dynamodb:LeadingKeys': [key.PK?.S ?? ''] },
      },
    ];
  }

  function onIam(action: string, parameters: Parameters): AuthorizedCall[] {
    const { UserName, AccessKeyId, PolicyArn, PolicyName, Path = '/' } = parameters;
    if (action === 'iam:CreateUser') return createUser(parameters);
    if (action === 'iam:TagUser') return tagUser(parameters);
    if (action === 'iam:UpdateUser') return updateUser(parameters);
    if (action === 'iam:CreatePolicy') {
      const resource = `arn:aws:iam::${accountId}:policy${Path}${PolicyName}`;
      const tags = readTags(parameters);
      policies.set(resource, tags);
      const context = { ...prefixed('aws:RequestTag/', tags), 'aws:TagKeys': Object.keys(tags) };
      return [
        { action, resource, context },
        { action: 'iam:TagPolicy', resource, context },
      ];
    }
    if (UserName === undefined && AccessKeyId === undefined) {
      const resource = String(PolicyArn);
      return [{ action, resource, context: prefixed('aws:ResourceTag/', policies.get(resource) ?? tagsOf01) }];
    }
    return [onIamUser(action, parameters)];
  }

  const translations: Record<string, (action: string, parameters: Parameters) => AuthorizedCall[]> = {
    iam: onIam,
    dynamodb: onDynamoDb,
    kms: (action, { KeyId, EncryptionContext }) => [
      {
        action,
        resource: String(KeyId),
        context: Object.fromEntries(
          Object.entries(EncryptionContext as Record<string, string>).map(([key, value]) => [
            `kms:EncryptionContext:${key}`,
            value,
          ]),
        ),
      },
    ],
    sqs: (action, { QueueUrl }) => [
      { action, resource: `arn:aws:sqs:${region}:${accountId}:${String(QueueUrl).split('/').at(-1)}`, context: {} },
    ],
    events: (action, { Entries }) =>
      (Entries as { EventBusName: string; Source: string }[]).map(({ EventBusName, Source }) => ({
        action,
        resource: `arn:aws:events:${region}:${accountId}:event-bus/${EventBusName}`,
        context: { 'events:source': [Source] },
      })),
  };

  // GetAccessKeyLastUsed names only a key; other calls also name its user.
  for (const { AccessKeyId, UserName } of calls.map(({ parameters }) => parameters)) {
    if (AccessKeyId !== undefined && UserName !== undefined) keys.set(String(AccessKeyId), String(UserName));
  }
  return calls.flatMap(({ action, parameters }) => {
    const translate = translations[action.split(':')[0] ?? ''];
    if (translate === undefined) throw new Error(`The authorization of ${action} is not described here.`);
    return translate(action, parameters);
  });
}

function readTags(parameters: Parameters): Record<string, string> {
  const tags: Record<string, string> = {};
  for (let index = 1; parameters[`Tags.member.${index}.Key`] !== undefined; index += 1) {
    tags[String(parameters[`Tags.member.${index}.Key`])] = String(parameters[`Tags.member.${index}.Value`]);
  }
  return tags;
}
