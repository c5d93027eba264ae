import { createHash } from 'node:crypto';
import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Item } from '../../credential/credential-table.ts';
import { type DriftKind, driftKinds } from '../../credential/drift/drift-finding.ts';
import {
  type FindingOutcome,
  type FindingStore,
  findingOutcomes,
  type KeptFinding,
  type KeptFindings,
} from '../../credential/drift/kept-finding.ts';
import { toAwsProblem } from '../aws-problem.ts';
import { queryItems } from './query-items.ts';
import { findingKey, findingKeyPrefix, parseFindingKey } from './table-design.ts';

const DAY_SECONDS = 86_400;

/** Keeps the sweep's findings as items, for 32 days. */
export function createFindingStore(
  client: () => DynamoDBClient,
  { table, expiryAttribute }: { readonly table: string; readonly expiryAttribute: string },
): FindingStore {
  return {
    async keep(sweepNumber, { username, kind, message, outcome, atMs, correlationId }) {
      // One credential may have several findings of a kind, such as two orphans.
      const digest = createHash('sha256').update(message).digest('hex').slice(0, 8);
      const item = {
        ...findingKey({ sweepNumber, username, kind, digest }),
        message,
        outcome,
        found_at: new Date(atMs).toISOString(),
        correlation_id: correlationId,
        [expiryAttribute]: Math.ceil(atMs / 1000) + 32 * DAY_SECONDS,
      };
      await client()
        .send(new PutItemCommand({ TableName: table, Item: marshall(item) }))
        .catch((error: unknown) => {
          throw toAwsProblem('dynamodb:PutItem', error);
        });
    },
  };
}

/** The sweep's findings in the table, read for people. */
export function createKeptFindings(client: () => DynamoDBClient, table: string): KeptFindings {
  return {
    async read(sweepNumber) {
      const { PK, SK } = findingKeyPrefix(sweepNumber);
      const query = {
        TableName: table,
        KeyConditionExpression: 'PK = :pk AND begins_with(SK, :sk)',
        ExpressionAttributeValues: marshall({ ':pk': PK, ':sk': SK }),
      };
      const findings: KeptFinding[] = [];
      for await (const items of queryItems(client(), query))
        findings.push(...items.flatMap((item) => readFinding(item) ?? []));
      return findings;
    },
  };
}

function readFinding(item: Item): KeptFinding | undefined {
  const key = parseFindingKey(item);
  const { message, outcome, found_at, correlation_id } = item;
  const atMs = typeof found_at === 'string' ? Date.parse(found_at) : Number.NaN;
  if (key === undefined || typeof message !== 'string' || Number.isNaN(atMs)) return undefined;
  if (!isOneOf(driftKinds, key.kind) || !isOneOf(findingOutcomes, outcome)) return undefined;
  const kind: DriftKind = key.kind;
  const result: FindingOutcome = outcome;
  return { username: key.username, kind, message, outcome: result, atMs, correlationId: String(correlation_id ?? '') };
}

function isOneOf<const T extends string>(values: readonly T[], value: unknown): value is T {
  return values.some((each) => each === value);
}
