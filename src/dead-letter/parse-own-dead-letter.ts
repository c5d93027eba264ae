import { usernameOfKey } from '../credential/credential-key.ts';
import { supersededUserOf } from '../credential/reconcile/triggers.ts';
import { asMap, asText, type JsonMap } from '../values/json-map.ts';
import type { QueueMessage } from './queue-message.ts';

/** Parses a dead letter of our own format. Undefined for anything else, and for another table. */
export function parseOwnDeadLetter(body: JsonMap, table: string): QueueMessage | undefined {
  const event = asMap(body['originalEvent']);
  const change = asMap(event?.['dynamodb']);
  const keys = asMap(change?.['Keys']);
  const username = usernameOfKey({ PK: readString(keys?.['PK']), SK: readString(keys?.['SK']) });
  const streamArn = asText(event?.['eventSourceARN']);
  if (username === undefined || (streamArn !== undefined && streamArn.split('/')[1] !== table)) return undefined;
  const retryCount = body['retryCount'];
  const superseded = readSuperseded(username, asMap(change?.['OldImage']));
  return {
    form: 'dead-letter',
    username,
    supersededIamUserName: superseded.supersededIamUserName,
    supersededCreatedAtMs: superseded.supersededCreatedAtMs,
    supersededAccessKeyIds: superseded.supersededAccessKeyIds ?? [],
    // Without images (they may have been too long) nothing is known about the change.
    forceResync:
      body['distrust'] === true || (change?.['OldImage'] === undefined && change?.['NewImage'] === undefined),
    passwordEdited: body['passwordEdited'] === true,
    retryCount: Number.isSafeInteger(retryCount) && Number(retryCount) > 0 ? Number(retryCount) : 0,
    errorType: asText(body['errorType']) ?? 'UnknownError',
    errorMessage: asText(body['errorMessage']) ?? 'The dead letter gives no reason.',
    firstFailedAt: asText(body['timestamp']),
    correlationId: asText(body['correlationId']),
  };
}

/** The IAM user that the record referred to before the change. An image has typed values: `{ "S": "text" }`. */
function readSuperseded(username: string, image: JsonMap | undefined): ReturnType<typeof supersededUserOf> {
  if (image === undefined) return {};
  const claim = asMap(asMap(image['claim'])?.['M']);
  const previousKey = asMap(asMap(image['previous_key'])?.['M']);
  return supersededUserOf(username, {
    iam_user_arn: readString(image['iam_user_arn']),
    key_created_at: readString(image['key_created_at']),
    access_key_id: readString(image['access_key_id']),
    previous_key: { access_key_id: readString(previousKey?.['access_key_id']) },
    claim: { iam_user_name: readString(claim?.['iam_user_name']), at: readString(claim?.['at']) },
  });
}

function readString(value: unknown): string | undefined {
  return asText(asMap(value)?.['S']);
}
