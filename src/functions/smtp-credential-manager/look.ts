import type { DynamoDBRecord } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb/credential-table.ts';
import { usernameOfKey } from '../../credential/credential-key.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { Trigger } from '../../credential/reconcile/contract.ts';
import { triggerOfChange } from '../../credential/reconcile/triggers.ts';
import { buildDisabledForGood, type SuspensionWrite } from '../../mail-events/suspension.ts';

/** One look at a record, and the stream records that call for it. */
export interface Look {
  readonly trigger: Omit<Trigger, 'correlationId'>;
  /** In the stream's order. */
  readonly records: readonly DynamoDBRecord[];
  /** The one that a dead letter holds. */
  readonly remembered: DynamoDBRecord;
  /**
   * The first record's event id. If the batch comes again, whether whole, cut or with more records behind it, the first one of these is
   * among them, so the same trigger is known again and its event is repeated.
   */
  readonly correlationId: string;
  /** Takes its end from a suspension, where an administrator disabled the credential under it. */
  readonly disabledForGood?: SuspensionWrite | undefined;
  /** The ciphertext that somebody else wrote in place of ours. */
  readonly editedPassword?: unknown;
}

/** Of each user one look for each IAM user that the record has referred to; usually one. */
export function groupByUser(records: readonly DynamoDBRecord[]): Look[][] {
  const users = new Map<string, Look[]>();
  for (const record of records) {
    const look = lookFor(record);
    if (look === undefined) continue;
    const { username } = look.trigger;
    users.set(username, addLook(users.get(username) ?? [], look));
  }
  return [...users.values()];
}

function lookFor(record: DynamoDBRecord): Look | undefined {
  const { Keys, NewImage, OldImage } = record.dynamodb ?? {};
  const username = usernameOfKey({ PK: Keys?.['PK']?.S, SK: Keys?.['SK']?.S });
  if (username === undefined) return undefined;
  const before = readImage(OldImage);
  const after = readImage(NewImage);
  const trigger = triggerOfChange(username, before, after);
  if (trigger === undefined) return undefined;
  return {
    trigger,
    records: [record],
    remembered: record,
    correlationId: record.eventID ?? '',
    disabledForGood: buildDisabledForGood(before, after),
    editedPassword: readEditedPassword(before, after),
  };
}

function readEditedPassword(before: Item | undefined, after: Item | undefined): unknown {
  const password = after?.['encrypted_password'];
  return before?.['encrypted_password'] === password ? undefined : password;
}

/** A look sees whatever came before it; only another IAM user that may be left over needs a look of its own. */
function addLook(looks: readonly Look[], look: Look): Look[] {
  const last = looks.at(-1);
  const strays = [last?.trigger.strayIamUserName, look.trigger.strayIamUserName].filter((name) => name !== undefined);
  if (last === undefined || new Set(strays).size > 1) return [...looks, look];
  // The one that names the IAM user, as only it is read when the work is tried again.
  const isBetter = look.trigger.strayIamUserName !== undefined || strays.length === 0;
  const merged: Look = {
    trigger: { ...last.trigger, ...look.trigger },
    records: [...last.records, ...look.records],
    remembered: isBetter ? look.remembered : last.remembered,
    correlationId: last.correlationId,
    disabledForGood: look.disabledForGood ?? last.disabledForGood,
    editedPassword: look.editedPassword ?? last.editedPassword,
  };
  return [...looks.slice(0, -1), merged];
}

function readImage(image: Record<string, unknown> | undefined): Item | undefined {
  return image === undefined ? undefined : readItem(image as Parameters<typeof readItem>[0]);
}
