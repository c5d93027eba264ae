import type { DynamoDBRecord } from 'aws-lambda';
import { readItem } from '../../aws/dynamodb/read-item.ts';
import { usernameOfKey } from '../../credential/credential-key.ts';
import type { Item } from '../../credential/credential-table.ts';
import type { Trigger } from '../../credential/reconcile/contract.ts';
import { triggerOfChange } from '../../credential/reconcile/triggers.ts';
import { buildDisabledForGood, type SuspensionWrite } from '../../credential/record/suspension.ts';

/** One look at a record, and the stream records that call for it. */
export interface WorkItem {
  readonly trigger: Omit<Trigger, 'correlationId'>;
  /** In the stream's order. */
  readonly records: readonly DynamoDBRecord[];
  /** The one that a dead letter holds. */
  readonly deadLetterRecord: DynamoDBRecord;
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

/** A look sees whatever came before it; only another IAM user that may be left over needs a look of its own. */
function addWorkItem(workItems: readonly WorkItem[], workItem: WorkItem): WorkItem[] {
  const last = workItems.at(-1);
  const supersededNames = [last?.trigger.supersededIamUserName, workItem.trigger.supersededIamUserName].filter(
    (name) => name !== undefined,
  );
  if (last === undefined || new Set(supersededNames).size > 1) return [...workItems, workItem];
  // The one that names the IAM user, as only it is read when the work is tried again.
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
