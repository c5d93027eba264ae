import { expect, it } from 'vitest';
import { buildDeadLetter } from './dead-letter.ts';

const input = {
  error: { code: 'DisabledException', message: 'kms:Encrypt failed: DisabledException.' },
  retryCount: 2,
  nowMs: 1_764_000_000_000,
  correlationId: 'event-1',
  forceResync: false,
};
const Keys = { PK: { S: 'SMTP_USER' }, SK: { S: 'USER#john.doe' } };

it('follows the format of the design document', () => {
  const streamRecord = { eventID: 'event-1', dynamodb: { Keys, NewImage: { ...Keys, status: { S: 'pending' } } } };
  expect(buildDeadLetter({ ...input, streamRecord })).toEqual({
    originalEvent: streamRecord,
    errorType: 'DisabledException',
    errorMessage: 'kms:Encrypt failed: DisabledException.',
    retryCount: 2,
    timestamp: '2025-11-24T16:00:00.000Z',
    correlationId: 'event-1',
  });
  expect(buildDeadLetter({ ...input, streamRecord, forceResync: true })).toHaveProperty('distrust', true);
});

it('holds no ciphertext at any depth', () => {
  const image = {
    ...Keys,
    encrypted_password: { S: 'ciphertext' },
    previous_key: { M: { access_key_id: { S: 'K1' }, encrypted_password: { S: 'ciphertext' } } },
  };
  const deadLetter = buildDeadLetter({
    ...input,
    streamRecord: { dynamodb: { Keys, NewImage: image, OldImage: image } },
  });
  expect(JSON.stringify(deadLetter)).not.toContain('ciphertext');
  expect(JSON.stringify(deadLetter)).toContain('"access_key_id":{"S":"K1"}');
});

it('drops images that are too large for a message, measured in bytes', () => {
  const image = { ...Keys, description: { S: 'ü'.repeat(150_000) } };
  const deadLetter = buildDeadLetter({ ...input, streamRecord: { dynamodb: { Keys, NewImage: image } } });
  expect(deadLetter.originalEvent).toEqual({ dynamodb: { Keys } });
});
