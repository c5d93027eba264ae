import fc from 'fast-check';
import { expect, it } from 'vitest';
import { classifyQueueMessage } from './classify-queue-message.ts';
import { buildParkedMessage, readOriginalAttributes } from './parked-message.ts';

const own = { table: 'mail', functionNames: [] };
const error = { code: 'UnknownMessage', message: 'Its format is unknown.' };

it('keeps the body and the failure', () => {
  const message = { body: '{"a":1}', attributes: { RULE_ARN: 'arn:aws:events:::rule/x' } };
  const parked = buildParkedMessage({
    message,
    queueMessage: classifyQueueMessage(message, own),
    error,
    retryCount: 0,
    sentAtMs: 0,
    nowMs: 1000,
  });
  expect(parked).toEqual({
    body: '{"a":1}',
    attributes: {
      sourceForm: 'unknown',
      errorType: 'UnknownMessage',
      errorMessage: 'Its format is unknown.',
      retryCount: '0',
      firstFailedAt: '1970-01-01T00:00:00.000Z',
      lastTriedAt: '1970-01-01T00:00:01.000Z',
      originalAttributes: '{"RULE_ARN":"arn:aws:events:::rule/x"}',
    },
  });
});

it('has its original attributes again when it is moved back', () => {
  const attributes = { RequestID: 'request-1', ErrorCode: '200' };
  const message = { body: '{}', attributes };
  const queueMessage = classifyQueueMessage(message, own);
  const parked = buildParkedMessage({ message, queueMessage, error, retryCount: 8, sentAtMs: 0, nowMs: 0 });
  expect(readOriginalAttributes(parked.attributes)).toEqual(attributes);
  expect(readOriginalAttributes(attributes)).toEqual(attributes);
  const bare = { sourceForm: 'unknown', lastTriedAt: 'now', originalAttributes: '{"cut":"of…' };
  expect(readOriginalAttributes(bare)).toEqual({});
});

it('is always accepted by SQS', () => {
  const text = fc.string({ unit: 'binary', maxLength: 1_200 });
  fc.assert(
    fc.property(text, fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), text, (body, attributes, words) => {
      const message = { body, attributes };
      const parked = buildParkedMessage({
        message,
        queueMessage: classifyQueueMessage(message, own),
        error: { code: 'X', message: words },
        retryCount: 8,
        sentAtMs: 0,
        nowMs: 0,
      });
      expect(parked.body).toBe(body);
      const values = Object.values(parked.attributes);
      expect(values.length).toBeLessThanOrEqual(10);
      for (const value of values) {
        expect(value.length > 0 && value.length <= 1_000 && value.isWellFormed()).toBe(true);
        expect(value).toMatch(/^[\t\n\r\u0020-\ufffd]*$/);
      }
    }),
  );
});
