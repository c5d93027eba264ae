import { describe, expect, it, test } from 'vitest';
import { onEventBridge, sesEvents, sesMail } from '../../test/support/ses-events.ts';
import { readMailReport } from './mail-report.ts';
import { findMissingEvents } from './missing-events.ts';
import { readRecipientStates } from './recipient-states.ts';
import { traceMessages } from './traced-message.ts';

type Json = Record<string, unknown>;

const line = (event: Json) => JSON.stringify(onEventBridge('Email Event', event));
const trace = (...events: Json[]) => traceMessages(events.flatMap((event) => readMailReport(line(event)) ?? []));
const events = sesEvents();
const event = (name: string) => events[name] as Json;
const bounce = (changes: Json, mail: Json = sesMail()) => ({
  eventType: 'Bounce',
  mail,
  bounce: { ...(event('Bounce')['bounce'] as Json), ...changes },
});
const statesOf = (...given: Json[]) => {
  const [message] = trace(...given);
  return readRecipientStates(message?.to ?? [], message?.events ?? []).map(({ state }) => state);
};

it('puts a mail together, with the words of the other server', () => {
  const [message, ...others] = trace(event('DeliveryDelay'), event('Send'), event('Delivery'), event('Complaint'));
  expect(others).toEqual([]);
  expect(message).toMatchObject({
    messageId: sesMail()['messageId'],
    from: 'jane@example.com',
    envelopeFrom: 'jane@example.com',
    to: ['kim@example.org'],
    sentAtMs: Date.parse('2026-03-01T10:15:00.123Z'),
    evidence: { type: 'Send' },
  });
  const at = '2026-03-01T10:16:02.000Z';
  const recipients = ['kim@example.org'];
  expect(message?.events).toEqual([
    { type: 'Send', at: '2026-03-01T10:15:00.123Z', recipients },
    {
      type: 'DeliveryDelay',
      at,
      recipients,
      status: '4.4.1',
      reply: 'smtp; 421 later',
      delayType: 'TransientCommunicationFailure',
      triedUntil: '2026-03-01T22:16:02.000Z',
    },
    { type: 'Delivery', at, recipients, reply: '250 2.6.0 Message received' },
    { type: 'Complaint', at, recipients, complaintType: 'abuse' },
  ]);
});

it('keeps neither subject nor content', () => {
  expect(JSON.stringify(trace(event('Send')))).not.toContain('Numbers of this week');
});

it('says why SES rejected a mail', () => {
  expect(trace(event('Reject'))[0]?.events).toMatchObject([{ type: 'Reject', reason: 'Bad content' }]);
  expect(trace(event('Rendering Failure'))[0]?.events).toMatchObject([
    { type: 'RenderingFailure', reason: 'Attribute missing' },
  ]);
});

it('counts what came twice once, in whatever order it comes', () => {
  const ordered = trace(event('Send'), event('DeliveryDelay'), event('Bounce'));
  expect(trace(event('Bounce'), event('DeliveryDelay'), event('Send'), event('Bounce'), event('Send'))).toEqual(
    ordered,
  );
});

it('knows a mail of which the Send event was lost', () => {
  const [message] = trace(event('Bounce'));
  expect(message).toMatchObject({ from: 'jane@example.com', to: ['kim@example.org'], events: [{ type: 'Bounce' }] });
  expect(findMissingEvents(message?.to ?? [], message?.events ?? [])).toMatchObject([{ code: 'SendEventMissing' }]);
});

it('keeps mails apart, the earliest first', () => {
  const later = sesMail({ messageId: 'later', timestamp: '2026-03-01T10:15:01.000Z' });
  const found = trace({ ...event('Send'), mail: later }, event('Send'));
  expect(found.map(({ messageId }) => messageId)).toEqual([sesMail()['messageId'], 'later']);
});

it('separates recipients of whom different things were said', () => {
  const mail = sesMail({ destination: ['a@example.org', 'b@example.org', 'c@example.org'] });
  const bounced = (emailAddress: string, diagnosticCode: string) => ({ emailAddress, diagnosticCode, status: '5.1.1' });
  const [message] = trace(
    bounce(
      {
        bouncedRecipients: [
          bounced('a@example.org', 'x'),
          bounced('b@example.org', 'y'),
          bounced('c@example.org', 'x'),
        ],
      },
      mail,
    ),
  );
  expect(message?.events).toMatchObject([
    { recipients: ['a@example.org', 'c@example.org'], reply: 'x' },
    { recipients: ['b@example.org'], reply: 'y' },
  ]);
});

it.each(['Open', 'Click', 'Subscription'])('leaves out what recipients do: %s', (name) => {
  expect(readMailReport(line(event(name)))).toBeUndefined();
});

it.each(['', 'no json', '[]', '{}', '{"source":"aws.ses","detail":{}}'])('reads nothing in %s', (text) => {
  expect(readMailReport(text)).toBeUndefined();
});

it("finds the client's Message-ID in the headers", () => {
  const mail = sesMail({
    headers: [{ name: 'Message-Id', value: ' <mine@laptop.example>' }],
    commonHeaders: { messageId: '<parsed@laptop.example>' },
  });
  expect(trace({ ...event('Send'), mail })[0]?.clientMessageIds).toEqual([
    'mine@laptop.example',
    'parsed@laptop.example',
  ]);
  expect(trace(event('Send'))[0]?.clientMessageIds).toEqual([]);
});

describe('the state of a recipient', () => {
  const transient = bounce({ bounceType: 'Transient', bounceSubType: 'General' });
  const notSpam = {
    eventType: 'Complaint',
    mail: sesMail(),
    complaint: { ...(event('Complaint')['complaint'] as Json), complaintFeedbackType: 'not-spam' },
  };

  test.each<[string, string, Json[]]>([
    ['accepted', 'SES took it', [event('Send')]],
    ['delayed', 'it is tried again', [event('Send'), event('DeliveryDelay')]],
    ['delivered', 'after a delay', [event('Send'), event('Delivery'), event('DeliveryDelay')]],
    ['bounced', 'for good', [event('Send'), event('Bounce')]],
    ['bounced', 'after it was taken', [event('Delivery'), event('Bounce')]],
    ['bounced', 'for now', [event('Send'), transient]],
    ['delivered', 'an automatic reply is no bounce', [event('Delivery'), transient]],
    ['complained', 'whatever else', [event('Complaint'), event('Delivery')]],
    ['delivered', 'a report that it is no spam', [event('Delivery'), notSpam]],
    ['rejected', 'by SES', [event('Send'), event('Reject')]],
  ])('is %s: %s', (state, _why, given) => {
    expect(statesOf(...given)).toEqual([state]);
  });

  it('is unknown without any event about it', () => {
    const mail = sesMail({ destination: ['Kim@Example.org', 'lee@example.org'] });
    expect(statesOf(bounce({}, mail))).toEqual(['bounced', 'unknown']);
    const [message] = trace(bounce({}, mail));
    const open = findMissingEvents(message?.to ?? [], message?.events ?? []);
    expect(open.map(({ code }) => code)).toEqual(['SendEventMissing', 'NoOutcome']);
    expect(open[1]?.message).toContain('lee@example.org');
    expect(open[1]?.message).toContain('proves nothing');
  });

  it('follows a bounce of the address to which the only recipient forwards', () => {
    expect(statesOf(event('Send'), bounce({ bouncedRecipients: [{ emailAddress: 'other@example.net' }] }))).toEqual([
      'bounced',
    ]);
  });

  it('follows no automatic reply that names nobody', () => {
    expect(statesOf(event('Send'), bounce({ bounceType: 'Transient', bouncedRecipients: [] }))).toEqual(['accepted']);
  });
});
