import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { damagedEvents } from '../../test/support/damaged-events.ts';
import { sentAt, sesEvents, sesMail } from '../../test/support/ses-events.ts';
import { countFeedback, violationFeedback } from './feedback.ts';
import type { SendingEvent } from './sending-event.ts';
import { readSesEvent } from './ses-event.ts';

type Json = Record<string, unknown>;

function event(word: string, about: Json = {}, mail: Json = {}): SendingEvent {
  const whole = sesEvents(sesMail(mail))[word] as Json;
  const part = word.toLowerCase();
  const read = readSesEvent({ ...whole, ...(part in whole ? { [part]: { ...(whole[part] as Json), ...about } } : {}) });
  if (read.result !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
}

const people = ['a@example.org', 'b@example.org', 'A@example.org '];
const bounced = { bouncedRecipients: people.map((emailAddress) => ({ emailAddress })) };
const complained = { complainedRecipients: people.map((emailAddress) => ({ emailAddress })) };

describe('countFeedback', () => {
  it.each([
    ['Send', {}, 'sends', 1],
    ['Delivery', { recipients: people }, 'deliveries', 2],
    ['Reject', {}, 'rejects', 1],
    ['Bounce', bounced, 'hard_bounces', 2],
    ['Bounce', { ...bounced, bounceType: 'Transient', bounceSubType: 'MailboxFull' }, 'soft_bounces', 2],
    ['Bounce', { bounceType: 'Undetermined', bounceSubType: 'Undetermined' }, 'soft_bounces', 1],
    ['Bounce', { bounceType: 'Newly invented' }, 'soft_bounces', 1],
    ['Bounce', { bounceType: undefined }, 'soft_bounces', 1],
    ['Complaint', {}, 'complaints', 1],
    ['Complaint', { complaintFeedbackType: undefined }, 'complaints', 1],
    // One of them complained: providers do not say which.
    ['Complaint', complained, 'complaints', 1],
  ])('%s %j: %s', (word, about, counter, units) => {
    const feedback = countFeedback(event(word, about));
    expect(feedback?.counter).toBe(counter);
    expect(feedback?.countableKeys.length).toBe(units);
  });

  it.each([
    ['Bounce', { bounceSubType: 'Suppressed' }],
    ['Bounce', { bounceSubType: 'OnAccountSuppressionList' }],
    ['Complaint', { complaintSubType: 'OnAccountSuppressionList' }],
    ['Complaint', { complaintFeedbackType: 'not-spam' }],
    ['DeliveryDelay', {}],
    ['Rendering Failure', {}],
    ['Open', {}],
    ['Click', {}],
    ['Subscription', {}],
  ])('%s %j: nothing new', (word, about) => {
    expect(countFeedback(event(word, about))).toBeUndefined();
  });

  it('gives the same keys for the same mail and recipient, and different keys for others', () => {
    const keys = (feedback: ReturnType<typeof countFeedback>) =>
      feedback?.countableKeys.map((key) => `${feedback.dedupKey} ${key}`);
    const hard = keys(countFeedback(event('Bounce', bounced)));
    expect(keys(countFeedback(event('Bounce', { ...bounced, feedbackId: 'other' })))).toEqual(hard);
    const single = { bouncedRecipients: [{ emailAddress: 'B@example.org' }] };
    expect(hard).toContain(keys(countFeedback(event('Bounce', single)))?.[0]);
    expect(keys(countFeedback(event('Bounce', bounced, { messageId: 'other' })))).not.toEqual(hard);
    expect(keys(countFeedback(event('Bounce', { ...bounced, bounceType: 'Transient' })))).not.toEqual(hard);
    expect(keys(countFeedback(event('Complaint', { ...complained, feedbackId: 'other' })))).not.toEqual(
      keys(countFeedback(event('Complaint', complained))),
    );
  });

  it('counts an event at its own time, and a violation at the time of the mail', () => {
    expect(countFeedback(event('Bounce'))?.atMs).toBe(Date.parse('2026-03-01T10:16:02.000Z'));
    expect(violationFeedback(event('Bounce'))).toMatchObject({ counter: 'violations', atMs: Date.parse(sentAt) });
    expect(violationFeedback(event('Send')).countableKeys.length).toBe(1);
  });

  it('suggests permanently failing addresses for the suppression list', () => {
    const offered = (word: string, about: Json) => countFeedback(event(word, about))?.suppressible;
    expect(offered('Bounce', {})).toEqual([{ address: 'kim@example.org', reason: 'BOUNCE' }]);
    expect(offered('Bounce', { bounceType: 'Transient' })).toEqual([]);
    expect(offered('Bounce', { bounceSubType: 'ContentRejected' })).toEqual([]);
    expect(offered('Complaint', {})).toEqual([{ address: 'kim@example.org', reason: 'COMPLAINT' }]);
    expect(offered('Complaint', complained)).toEqual([]);
  });

  it('never throws, and returns short, distinct keys', () => {
    fc.assert(
      fc.property(damagedEvents(Object.keys(sesEvents())), (input) => {
        const read = readSesEvent(input);
        const feedback = read.result === 'event' ? countFeedback(read.event) : undefined;
        if (feedback === undefined) return;
        expect(Buffer.byteLength(feedback.dedupKey)).toBeLessThan(900);
        expect(new Set(feedback.countableKeys).size).toBe(feedback.countableKeys.length);
        expect(feedback.countableKeys.length).toBeGreaterThan(0);
        expect(Number.isFinite(feedback.atMs)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});
