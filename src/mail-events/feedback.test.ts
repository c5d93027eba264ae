import { describe, expect, it } from 'vitest';
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
    ['Send', {}, 'sends', 3],
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
    const feedback = countFeedback(event(word, about, { destination: ['kim@example.org', ...people] }));
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

  describe('a report', () => {
    const to = ['Kim@example.org', 'Lee <lee@example.org>'];
    const bounce = (addresses: readonly string[], more: Json = {}) =>
      countFeedback(
        event(
          'Bounce',
          { bouncedRecipients: addresses.map((emailAddress) => ({ emailAddress })), ...more },
          { destination: to },
        ),
      );
    const strangers = Array.from({ length: 100 }, (_, index) => `stranger-${index}@example.net`);

    it('that names nobody counts nothing', () => {
      for (const more of [
        {},
        { bounceType: 'Undetermined', bounceSubType: 'Undetermined' },
        { bouncedRecipients: undefined },
      ])
        expect(bounce([], more)).toBeUndefined();
    });

    it('counts a recipient once, however it is written', () => {
      const feedback = bounce(['Kim Lee <kim@example.org>', 'kim@example.org', 'KIM@EXAMPLE.ORG', '<kim@example.org>']);
      expect(feedback?.countableKeys).toHaveLength(1);
      expect(feedback?.countableKeys).toEqual(bounce(['kim@example.org'])?.countableKeys);
      expect(feedback?.suppressible).toEqual([{ address: 'kim@example.org', reason: 'BOUNCE' }]);
    });

    it('does not count a recipient whose server still tries', () => {
      const failed = { emailAddress: 'kim@example.org', action: 'failed', status: '5.0.0' };
      for (const action of ['delayed', 'Delayed', 'relayed', 'expanded', 'delivered']) {
        const bouncedRecipients = [failed, { emailAddress: 'lee@example.org', action, status: '4.0.0' }];
        const feedback = bounce([], { bouncedRecipients });
        expect(feedback).toMatchObject({ counter: 'hard_bounces', countableKeys: [expect.any(String)] });
        expect(feedback?.suppressible).toEqual([{ address: 'kim@example.org', reason: 'BOUNCE' }]);
      }
    });

    it('counts where a recipient forwards its mail to, but suppresses nobody whom the mail was not sent to', () => {
      expect(bounce(['kim.private@example.net'])).toMatchObject({ counter: 'hard_bounces', suppressible: [] });
      expect(bounce(['kim.private@example.net'])?.countableKeys).toHaveLength(1);
      expect(bounce(['kim@example.org', 'kim.private@example.net'])?.suppressible).toHaveLength(1);
    });

    it('counts no more recipients than the mail had, also over several reports', () => {
      const keys = [
        bounce(strangers),
        bounce(strangers.slice(0, 1)),
        bounce(['lee@example.org', ...strangers]),
        bounce(to),
      ];
      for (const feedback of keys) expect(feedback?.countableKeys.length).toBeLessThanOrEqual(2);
      expect(new Set(keys.flatMap((feedback) => feedback?.countableKeys ?? [])).size).toBe(2);
      const delivered = countFeedback(event('Delivery', { recipients: strangers }, { destination: to }));
      expect(delivered?.countableKeys).toHaveLength(2);
    });

    it('of a mail without recipients counts as one', () => {
      const forged = event(
        'Bounce',
        { bouncedRecipients: strangers.map((emailAddress) => ({ emailAddress })) },
        { destination: [] },
      );
      expect(countFeedback(forged)).toMatchObject({ countableKeys: [expect.any(String)], suppressible: [] });
    });

    it('is understood in other case and types', () => {
      const hard = bounce(['kim@example.org']);
      const other = { bounceType: 'PERMANENT', bounceSubType: 'noemail', bouncedRecipients: ['kim@example.org'] };
      expect(bounce([], other)).toEqual({ ...hard, suppressible: [{ address: 'kim@example.org', reason: 'BOUNCE' }] });
      expect(bounce(['kim@example.org'], { bounceSubType: 'onAccountSuppressionList' })).toBeUndefined();
    });

    it('of a complaint suppresses only whom the mail was sent to, and counts also without a name', () => {
      const complaint = (addresses: readonly string[]) =>
        countFeedback(
          event(
            'Complaint',
            { complainedRecipients: addresses.map((emailAddress) => ({ emailAddress })) },
            { destination: to },
          ),
        );
      expect(complaint(['Kim <kim@example.org>'])?.suppressible).toEqual([
        { address: 'kim@example.org', reason: 'COMPLAINT' },
      ]);
      expect(complaint(['stranger@example.net'])).toMatchObject({ counter: 'complaints', suppressible: [] });
      expect(complaint([])).toMatchObject({
        counter: 'complaints',
        countableKeys: [expect.any(String)],
        suppressible: [],
      });
    });
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
});
