import { describe, expect, it } from 'vitest';
import { describeMessage, type OwnMessages } from './describe-message.ts';
import type { HeldMessage } from './message-box.ts';

const arnOf = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:${name}`;
const own: OwnMessages = {
  table: 'mail',
  functionNames: ['smtp-credential-sweeper', 'smtp-feedback-processor'],
  reconcilingFunctionNames: ['smtp-credential-sweeper'],
  queueArns: {
    deadLetters: arnOf('dead-letters'),
    verifications: arnOf('verifications'),
    sendingEvents: arnOf('sending-events'),
    feedback: arnOf('feedback'),
  },
};

const deadLetter = {
  originalEvent: { dynamodb: { Keys: { PK: { S: 'SMTP_USER' }, SK: { S: 'USER#jane' } } } },
  errorType: 'ThrottlingException',
  errorMessage: 'Too fast.',
  retryCount: 3,
  timestamp: '2026-01-01T00:00:00.000Z',
  correlationId: 'letter-jane',
};
const invocationOf = (name: string) => ({
  requestContext: { functionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}:$LATEST`, requestId: 'r-1' },
});
const parked = { sourceForm: 'dead-letter', lastTriedAt: '2026-01-02T00:00:00.000Z', firstFailedAt: '2026-01-01' };

function describeIt(body: unknown, more: Partial<HeldMessage> = {}) {
  return describeMessage(
    {
      messageId: 'm-1',
      receiptHandle: 'r',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: {},
      sentAtMs: 0,
      receiveCount: 1,
      sourceQueueArn: undefined,
      ...more,
    },
    own,
  );
}

describe('describeMessage', () => {
  it('names the record of a dead letter', () => {
    expect(describeIt(deadLetter)).toEqual({
      messageId: 'm-1',
      form: 'dead-letter',
      username: 'jane',
      errorType: 'ThrottlingException',
      errorMessage: 'Too fast.',
      firstFailedAt: '2026-01-01T00:00:00.000Z',
      correlationId: 'letter-jane',
      tries: 3,
      sentAt: '1970-01-01T00:00:00.000Z',
      lastTriedAt: undefined,
      redriveTarget: 'deadLetters',
    });
  });

  it('describes the final failure of a parked message, not the first one', () => {
    const attributes = { ...parked, errorType: 'IamUserLeftOver', errorMessage: 'A user is left.', retryCount: '8' };
    expect(describeIt(deadLetter, { attributes })).toMatchObject({
      form: 'dead-letter',
      username: 'jane',
      errorType: 'IamUserLeftOver',
      errorMessage: 'A user is left.',
      tries: 8,
      lastTriedAt: '2026-01-02T00:00:00.000Z',
      redriveTarget: 'deadLetters',
    });
  });

  it.each<[form: string, target: string | undefined, body: unknown, more: Partial<HeldMessage>]>([
    ['stream-batch', 'deadLetters', { DDBStreamBatchInfo: { streamArn: 'arn:aws:dynamodb:::table/mail/x' } }, {}],
    ['invocation', 'deadLetters', invocationOf('smtp-credential-sweeper'), {}],
    // The schedule's next invocation does its work.
    ['invocation', undefined, invocationOf('smtp-feedback-processor'), {}],
    ['invocation', undefined, '{}', { attributes: { TARGET_ARN: 'arn:x:function:smtp-feedback-processor' } }],
    ['queue', 'verifications', { source: 'sesame' }, { sourceQueueArn: arnOf('verifications') }],
    ['queue', 'sendingEvents', 'not JSON', { sourceQueueArn: arnOf('sending-events') }],
    ['queue', 'feedback', {}, { sourceQueueArn: arnOf('feedback') }],
    ['ses-event', undefined, {}, { attributes: { ...parked, sourceForm: 'ses-event' } }],
    ['foreign', undefined, {}, {}],
    ['foreign', undefined, 'hello', { sourceQueueArn: arnOf('of-another-team') }],
    ['foreign', undefined, invocationOf('of-another-team'), {}],
    ['foreign', undefined, {}, { attributes: { ...parked, sourceForm: 'unknown' } }],
    ['foreign', undefined, { DDBStreamBatchInfo: { streamArn: 'arn:aws:dynamodb:::table/other/x' } }, {}],
  ])('knows the form %s, which goes to %s (case %#)', (form, redriveTarget, body, more) => {
    expect(describeIt(body, more)).toMatchObject({ form, redriveTarget });
  });

  it('treats a dead letter of another table as foreign', () => {
    const eventSourceARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/other/stream/x';
    const foreign = { ...deadLetter, originalEvent: { ...deadLetter.originalEvent, eventSourceARN } };
    expect(describeIt(foreign)).toMatchObject({ form: 'foreign', redriveTarget: undefined, username: undefined });
  });
});
