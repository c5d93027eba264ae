import { describe, expect, it } from 'vitest';
import { iamUserName, inSns, onEventBridge, sentAt, sesEvents, sesMail } from '../../test/support/ses-events.ts';
import { readSesEvent } from './ses-event.ts';

const events = sesEvents();
const codeOf = (input: unknown) => {
  const read = readSesEvent(input);
  return read.result === 'not-understood' ? read.code : read.result === 'nothing' ? read.what : read.event.type;
};

describe('an event of SES', () => {
  it.each(Object.entries(events))('%s is parsed the same in every envelope', (word, event) => {
    const read = readSesEvent(event);
    const type = word.replace(' ', '');
    expect(read).toMatchObject({ result: 'event', event: { type } });
    expect(readSesEvent(JSON.stringify(event))).toEqual(read);
    expect(readSesEvent(inSns(event))).toEqual(read);
    expect(readSesEvent(JSON.stringify(inSns(event)))).toEqual(read);
    expect(readSesEvent({ EventSource: 'aws:sns', Sns: inSns(event) })).toEqual(read);
    expect(readSesEvent(onEventBridge('whatever', event))).toEqual(read);
    expect(readSesEvent(inSns(onEventBridge('whatever', event)))).toEqual(read);
  });

  it('of EventBridge is recognised by its detail type alone', () => {
    const { eventType: _, ...detail } = events['Bounce'] ?? {};
    expect(codeOf(onEventBridge('Email Bounced', detail))).toBe('Bounce');
    expect(codeOf(onEventBridge('Email Rendering Failed', detail))).toBe('RenderingFailure');
    expect(codeOf(onEventBridge('Sending Status Disabled', { version: '1.0.0', data: {} }))).toBe('UnknownType');
  });

  it('keeps only the fields that we use, and neither subject nor content', () => {
    const read = readSesEvent(events['Bounce']);
    expect(read).toMatchObject({
      event: {
        atMs: Date.parse('2026-03-01T10:16:02.000Z'),
        sentAtMs: Date.parse(sentAt),
        callerIdentity: iamUserName,
        sourceIp: '192.0.2.7',
        configurationSet: 'mail',
        senders: { envelope: 'jane@example.com', from: ['Jane Roe <jane@example.com>'], sender: [], cut: undefined },
        bounce: { bounceType: 'Permanent', recipients: [{ address: 'kim@example.org', status: '5.1.1' }] },
      },
    });
    expect(JSON.stringify(read)).not.toContain('Numbers of this week');
  });

  it('can be an older identity notification without tags and headers', () => {
    const {
      tags: _,
      headers: __,
      commonHeaders: ___,
      headersTruncated: ____,
      ...mail
    } = sesMail({ callerIdentity: iamUserName });
    const { eventType, ...rest } = sesEvents(mail)['Complaint'] ?? {};
    expect(readSesEvent({ notificationType: eventType, ...rest })).toMatchObject({
      event: { type: 'Complaint', callerIdentity: iamUserName, configurationSet: undefined, senders: { from: [] } },
    });
  });

  it.each([
    ['Successfully validated SNS topic for Amazon SES event publishing.', 'validation'],
    [inSns('Successfully validated SNS topic for Amazon SES event publishing.'), 'validation'],
    [{ notificationType: 'AmazonSnsSubscriptionSucceeded', message: 'You have subscribed' }, 'validation'],
    [{ Type: 'SubscriptionConfirmation', Message: 'You have chosen to subscribe', Token: 'x' }, 'subscription'],
    [{ Type: 'UnsubscribeConfirmation', Message: 'You have chosen to deactivate', Token: 'x' }, 'subscription'],
    ['', 'NoJson'],
    ['{"eventType":', 'NoJson'],
    [inSns('{"eventType":'), 'NoJson'],
    ['[]', 'NoObject'],
    ['null', 'NoObject'],
    [undefined, 'NoObject'],
    [42, 'NoObject'],
    [{}, 'UnknownType'],
    [{ eventType: 'Praise', mail: sesMail() }, 'UnknownType'],
    [{ eventType: 'constructor', mail: sesMail() }, 'UnknownType'],
    [{ eventType: '__proto__', mail: sesMail() }, 'UnknownType'],
    [{ notificationType: 'Received', mail: sesMail(), receipt: {} }, 'UnknownType'],
    [{ eventType: 'Send' }, 'MailMissing'],
    [{ eventType: 'Send', mail: [] }, 'MailMissing'],
    [{ eventType: 'Send', mail: sesMail({ messageId: 7 }) }, 'MessageIdMissing'],
    [{ eventType: 'Send', mail: sesMail({ timestamp: 'yesterday' }) }, 'TimeMissing'],
    [{ eventType: 'Send', mail: sesMail({ destination: [] }) }, 'RecipientsMissing'],
    [{ eventType: 'Bounce', mail: sesMail() }, 'RecipientsMissing'],
    [{ eventType: 'Complaint', mail: sesMail() }, 'RecipientsMissing'],
    [inSns(inSns(inSns(inSns(inSns(events['Send']))))), 'NoObject'],
  ])('is not understood if it is incomplete: %j', (input, code) => {
    expect(codeOf(input)).toBe(code);
  });

  it.each(['bounce', 'BOUNCE', 'Bounce'])('is recognized in other case: %s', (eventType) => {
    expect(codeOf({ ...(events['Bounce'] as object), eventType })).toBe('Bounce');
    expect(codeOf({ ...(events['Rendering Failure'] as object), eventType: 'renderingFailure' })).toBe(
      'RenderingFailure',
    );
  });

  it.each([
    ['2026-03-01T10:15:00.123Z', '2026-03-01T10:15:00.123Z'],
    ['2026-03-01T10:15:00.123456Z', '2026-03-01T10:15:00.123Z'],
    ['2026-03-01T11:15:00+0100', '2026-03-01T10:15:00.000Z'],
    ['2026-03-01T11:15:00.5+01:00', '2026-03-01T10:15:00.500Z'],
    ['2026-03-01 10:15:00', '2026-03-01T10:15:00.000Z'],
    ['2026-03-01T10:15:00', '2026-03-01T10:15:00.000Z'],
    ['Sun, 01 Mar 2026 10:15:00 GMT', '2026-03-01T10:15:00.000Z'],
    ['Sun, 1 Mar 2026 11:15:00 +0100 (CET)', '2026-03-01T10:15:00.000Z'],
    [1_772_360_100, '2026-03-01T10:15:00.000Z'],
    [1_772_360_100_123, '2026-03-01T10:15:00.123Z'],
    ['1772360100', '2026-03-01T10:15:00.000Z'],
  ])('may write its time as %j', (timestamp, iso) => {
    const read = readSesEvent(sesEvents(sesMail({ timestamp }))['Send']);
    expect(read).toMatchObject({ event: { sentAtMs: Date.parse(iso) } });
  });

  it.each(['01/03/2026 10:15', '2026-03-01', 'yesterday', '2026-13-01T10:15:00Z', 7, 1e300, '', {}])(
    'has no time if it may mean several, or none: %j',
    (timestamp) => {
      expect(codeOf(sesEvents(sesMail({ timestamp }))['Send'])).toBe('TimeMissing');
    },
  );

  it('may name one recipient without a list', () => {
    const read = readSesEvent(sesEvents(sesMail({ destination: 'kim@example.org' }))['Send']);
    expect(read).toMatchObject({ event: { destination: ['kim@example.org'] } });
  });

  it('takes the time of the envelope if it has none', () => {
    const send = sesEvents(sesMail({ timestamp: null }))['Send'];
    expect(readSesEvent(inSns(send))).toMatchObject({ event: { atMs: Date.parse('2026-03-01T10:16:03.000Z') } });
  });

  it('keeps no more recipients than SES could have sent to', () => {
    const destination = Array.from({ length: 10_000 }, (_, index) => `r${index}@example.org`);
    const read = readSesEvent(sesEvents(sesMail({ destination }))['Send']);
    expect(read.result === 'event' && read.event.destination.length).toBe(100);
  });
});
