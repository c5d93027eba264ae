import type { DynamoDBRecord } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb/read-item.ts';
import { usernameOfKey } from '../../credential/credential-key.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { Trigger } from '../../credential/reconcile/contract.ts';
import { triggerOfChange } from '../../credential/reconcile/triggers.ts';
import { buildDisabledForGood, type SuspensionWrite } from '../../credential/record/suspension.ts';

/** One reconcile of a record, and the stream records that caused it. */
export interface WorkItem {
  readonly trigger: Omit<Trigger, 'correlationId'>;
  /** In the stream's order. */
  readonly records: readonly DynamoDBRecord[];
  /** The stream record that a dead letter stores. */
  readonly deadLetterRecord: DynamoDBRecord;
  /**
   * The event id of the first record. If the batch is delivered again (whole, cut, or with more records), that record
   * is still its user's first. The same trigger is recognised and its event repeated.
   */
  readonly correlationId: string;
  /** Removes the expiry of a suspension, because an administrator disabled the suspended credential. */
  readonly disabledForGood?: SuspensionWrite | undefined;
  /** The ciphertext that somebody else wrote instead of ours. */
  readonly editedPassword?: unknown;
}

/**
 * Groups a user's stream records. One reconcile covers them all, except when they name different superseded IAM users:
 * one per name.
 */
export function groupByUser(records: readonly DynamoDBRecord[]): WorkItem[][] {
  const users = new Map<string, WorkItem[]>();
  for (const record of records) {
    const workItem = toWorkItem(record);
    if (workItem === undefined) continue;
    const { username } = workItem.trigger;
    users.set(username, addWorkItem(users.get(username) ?? [], workItem));
  }
  return [...users.values()];
}

function toWorkItem(record: DynamoDBRecord): WorkItem | undefined {
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
    deadLetterRecord: record,
    correlationId: record.eventID ?? '',
    disabledForGood: buildDisabledForGood(before, after),
    editedPassword: readEditedPassword(before, after),
  };
}

function readEditedPassword(before: Item | undefined, after: Item | undefined): unknown {
  const password = after?.['encrypted_password'];
  return before?.['encrypted_password'] === password ? undefined : password;
}

/** Merges a work item into the previous one, unless both name different superseded IAM users. */
function addWorkItem(workItems: readonly WorkItem[], workItem: WorkItem): WorkItem[] {
  const last = workItems.at(-1);
  const supersededNames = [last?.trigger.supersededIamUserName, workItem.trigger.supersededIamUserName].filter(
    (name) => name !== undefined,
  );
  if (last === undefined || new Set(supersededNames).size > 1) return [...workItems, workItem];
  // The dead letter stores one stream record. It must be the one whose OldImage names the superseded IAM user.
  const isBetter = workItem.trigger.supersededIamUserName !== undefined || supersededNames.length === 0;
  const merged: WorkItem = {
    trigger: { ...last.trigger, ...workItem.trigger },
    records: [...last.records, ...workItem.records],
    deadLetterRecord: isBetter ? workItem.deadLetterRecord : last.deadLetterRecord,
    correlationId: last.correlationId,
    disabledForGood: workItem.disabledForGood ?? last.disabledForGood,
    editedPassword: workItem.editedPassword ?? last.editedPassword,
  };
  return [...workItems.slice(0, -1), merged];
}

function readImage(image: Record<string, unknown> | undefined): Item | undefined {
  return image === undefined ? undefined : readItem(image as Parameters<typeof readItem>[0]);
}
