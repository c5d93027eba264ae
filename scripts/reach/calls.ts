import type { IamRequest } from '../../local/iam-evaluation/evaluate-iam-request.ts';
import { localSettings } from '../../local/local-settings.ts';

/** A call to AWS that some role might make. */
export type Call = Pick<IamRequest, 'action' | 'resource' | 'context'>;

const { region, accountId, table } = localSettings;

export const call = (action: string, resource: string, context: Call['context'] = {}): Call => ({
  action,
  resource,
  context,
});

/** The same context and resource for several actions of a service. */
export const calls = (
  service: string,
  actions: readonly string[],
  resource: string,
  context: Call['context'] = {},
): Call[] => actions.map((action) => call(`${service}:${action}`, resource, context));

export const arn = (service: string, rest: string, place = region) =>
  `arn:aws:${service}:${place}:${accountId}:${rest}`;
export const iam = (rest: string) => arn('iam', rest, '');
export const tableArn = arn('dynamodb', `table/${table}`);
export const kmsKeyArn = arn('kms', 'key/11111111-2222-3333-4444-555555555555');

/** The condition keys of a call on an item that names these attributes. */
const onItem = (partition: string, attributes: readonly string[]) => ({
  'dynamodb:LeadingKeys': [partition],
  'dynamodb:Attributes': ['PK', 'SK', ...attributes],
});

/** Updates of an item, with the return values that tell least and most. */
export const update = (partition: string, ...attributes: string[]): Call[] =>
  ['NONE', 'ALL_NEW'].map((values) =>
    call('dynamodb:UpdateItem', tableArn, { ...onItem(partition, attributes), 'dynamodb:ReturnValues': values }),
  );
export const put = (partition: string, ...attributes: string[]): Call[] => [
  call('dynamodb:PutItem', tableArn, onItem(partition, attributes)),
  ...update(partition, ...attributes),
];
export const remove = (partition: string): Call => call('dynamodb:DeleteItem', tableArn, onItem(partition, []));

const reads = ['GetItem', 'Query', 'BatchGetItem'];

/** Reads of these attributes only. */
export const readSome = (partition: string, ...attributes: string[]): Call[] =>
  calls('dynamodb', reads, tableArn, {
    ...onItem(partition, attributes),
    'dynamodb:Select': 'SPECIFIC_ATTRIBUTES',
  });

/** Updates that return the item as it is then, or as it was. */
export const readByWriting = (partition: string): Call[] =>
  ['ALL_NEW', 'ALL_OLD'].map((values) =>
    call('dynamodb:UpdateItem', tableArn, { ...onItem(partition, ['status']), 'dynamodb:ReturnValues': values }),
  );

/** What shows whole items: reads, an update that returns the item, and the stream. */
export const readWhole = (partition: string): Call[] => [
  ...calls('dynamodb', reads, tableArn, { ...onItem(partition, []), 'dynamodb:Select': 'ALL_ATTRIBUTES' }),
  ...readByWriting(partition),
  ...calls('dynamodb', ['GetRecords', 'GetShardIterator'], `${tableArn}/stream/2026-01-01T00:00:00.000`),
];
