import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** A new record as an administrator inserts it. */
export function pendingRecord(username: string): Record<string, AttributeValue> {
  return {
    PK: { S: 'SMTP_USER' },
    SK: { S: `USER#${username}` },
    status: { S: 'pending' },
    description: { S: 'A credential of the benchmark' },
    allowed_from_addresses: { L: [{ S: 'john.doe@example.com' }, { S: '*@marketing.example.com' }] },
    entity_type: { S: 'smtp_credential' },
  };
}

/** The stream event of its insertion. */
export function insertEvent(username: string): object {
  const image = pendingRecord(username);
  return {
    Records: [
      {
        eventID: `bench-${username}`,
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        dynamodb: {
          ApproximateCreationDateTime: Math.floor(Date.now() / 1000),
          Keys: { PK: image['PK'], SK: image['SK'] },
          NewImage: image,
          SequenceNumber: '1',
          StreamViewType: 'NEW_AND_OLD_IMAGES',
        },
      },
    ],
  };
}
