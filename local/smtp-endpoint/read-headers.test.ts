import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeaders } from './read-headers.ts';
import { SmtpReply } from './ses-replies.ts';

const read = (text: string) => readHeaders(Buffer.from(text));
const fromOf = (text: string) => read(text).from.map(({ address }) => address);

describe('readHeaders', () => {
  it('reads what the mailbox shows', () => {
    const headers = read(
      'From: "John, Doe" <john@example.com>\r\nTo: a@example.org, B <b@example.org>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n' +
        'Message-ID: <1@example.com>\r\nX-SES-CONFIGURATION-SET: mails\r\n\r\nFrom: body@example.net\r\n',
    );
    expect(headers).toEqual({
      from: [{ address: 'john@example.com', name: 'John, Doe' }],
      otherSenders: [],
      to: ['a@example.org', 'b@example.org'],
      subject: 'grüße',
      messageId: '<1@example.com>',
      configurationSets: ['mails'],
      tags: [],
      identityArns: [],
    });
  });

  it.each([
    ['two addresses', 'From: a@example.com, b@example.com\r\n\r\n'],
    ['a group', 'From: Team: a@example.com, b@example.com;\r\n\r\n'],
    ['a folded header', 'From: a@example.com,\r\n b@example.com\r\n\r\n'],
  ])('finds every sender of %s', (_name, text) => {
    expect(fromOf(text)).toEqual(['a@example.com', 'b@example.com']);
  });

  it.each([
    ['From', 'From: a@example.com\r\nFrom: a@example.com\r\n\r\n'],
    ['from', 'FROM: a@example.com\r\nfrom : b@example.com\r\n\r\n'],
    ['From', 'From: a@example.com\r\nSubject: x\nFrom: b@example.com\r\n\r\n'],
    ['From', 'From: a@example.com\r\nSubject: x\rFrom: b@example.com\r\n\r\n'],
    ['content-type', 'From: a@example.com\r\nContent-Type: text/plain\r\ncontent-type: text/html\r\n\r\n'],
    ['Sender', 'From: a@example.com\r\nSender: a@example.com\r\nSender: a@example.com\r\n\r\n'],
    ['DKIM-Signature', 'From: a@example.com\r\nDKIM-Signature: v=1\r\nDKIM-Signature: v=1\r\n\r\n'],
    ['List-Unsubscribe', 'List-Unsubscribe: <a>\r\nFrom: a@example.com\r\nList-Unsubscribe: <b>\r\n\r\n'],
  ])('refuses a second %s, as SES does', (name, text) => {
    expect(() => read(text)).toThrow(`Transaction failed: Duplicate header '${name}'.`);
  });

  it('takes headers that may stand twice', () => {
    const twice = ['X-Anything: 1', 'Received: x', 'To: b@example.org', 'Cc: c@example.org'].flatMap((line) => [
      line,
      line,
    ]);
    expect(fromOf(`${['From: a@example.com', ...twice].join('\r\n')}\r\n\r\n`)).toEqual(['a@example.com']);
  });

  it.each(['To', 'Cc', 'Reply-To', 'Return-Path'])('refuses an address without a domain in %s', (name) => {
    for (const value of ['kim', 'kim@', 'Kim <kim>', 'a@example.org, kim'])
      expect(() => read(`From: a@example.com\r\n${name}: ${value}\r\n\r\n`), value).toThrow("Missing final '@domain'");
    for (const value of [
      '',
      'undisclosed-recipients:;',
      'Kim <kim@example.org>',
      'Team: a@example.org, b@example.org;',
    ])
      expect(fromOf(`From: a@example.com\r\n${name}: ${value}\r\n\r\n`), value).toHaveLength(1);
  });

  it('reads the tags of a message, with the two of SES that clients may set', () => {
    const tagsOf = (...values: string[]) =>
      read(`From: a@example.com\r\n${values.map((value) => `X-SES-MESSAGE-TAGS: ${value}\r\n`).join('')}\r\n`).tags;
    expect(tagsOf('ses:feedback-id-a=spring, team=blue', 'order=7')).toEqual([
      { name: 'ses:feedback-id-a', value: 'spring' },
      { name: 'team', value: 'blue' },
      { name: 'order', value: '7' },
    ]);
    const only = "only alphanumeric ASCII characters, '_', and '-' are allowed";
    expect(() => tagsOf('order=2024.01/7')).toThrow(`Invalid tag value <2024.01/7>: ${only}`);
    expect(() => tagsOf('contact=kim@example.org')).toThrow('Invalid tag value <kim@example.org>');
    expect(() => tagsOf('ses:caller-identity=ses-smtp-user-boss-1700000000000')).toThrow(
      'Invalid tag name <ses:caller-identity>',
    );
    for (const text of ['a b=c', '=x', 'name', 'name=', `${'a'.repeat(257)}=b`, 'ä=b'])
      expect(() => tagsOf(text), text).toThrow('Invalid tag');
  });

  it('takes the address, not a name that looks like one', () => {
    expect(fromOf('From: "good@example.com" <bad@example.net>\r\n\r\n')).toEqual(['bad@example.net']);
  });

  it.each([
    ['no From header', 'Subject: x\r\n\r\nbody'],
    ['an empty one', 'From:\r\n\r\n'],
    ['no domain', 'From: john\r\n\r\n'],
    ['one of two without a domain', 'From: a@example.com, john\r\n\r\n'],
    ['an address of encoded words', 'From: =?utf-8?q?a=40example.com?=\r\n\r\n'],
    ['an invalid domain', 'From: <a@-->\r\n\r\n'],
  ])('refuses %s', (_name, text) => {
    expect(() => read(text)).toThrow("Transaction failed: Missing final '@domain'");
  });

  it.each([
    ['two angle addresses', 'From: <jane@example.com> <evil@example.net>\r\n\r\n'],
    ['the same the other way round', 'From: <evil@example.net> <jane@example.com>\r\n\r\n'],
    ['two of them with names', 'From: Jane <jane@example.com> Evil <evil@example.net>\r\n\r\n'],
    ['two of them in a list', 'From: a@example.com, <jane@example.com> <evil@example.net>\r\n\r\n'],
    ['an address after an angle address', 'From: <jane@example.com> evil@example.net\r\n\r\n'],
    ['two addresses with nothing between them', 'From: jane@example.com evil@example.net\r\n\r\n'],
    ['a nested angle address', 'From: <<jane@example.com> evil@example.net>\r\n\r\n'],
    ['an unclosed quote', 'From: "Jane <jane@example.com>, evil@example.net\r\n\r\n'],
  ])("refuses %s, which can't be read as one address", (_name, text) => {
    expect(() => read(text)).toThrow("From can't be read as one address");
  });

  it.each([
    ['a name that looks like an address', 'From: jane@example.com <bad@example.net>\r\n\r\n'],
    ['a comment with an address', 'From: bad@example.net (jane@example.com)\r\n\r\n'],
    ['a name with brackets', 'From: John [Sales] <bad@example.net>\r\n\r\n'],
    ['a name beyond ASCII', 'From: Jürgen Müller <bad@example.net>\r\n\r\n'],
  ])('takes %s', (_name, text) => {
    expect(fromOf(text)).toEqual(['bad@example.net']);
  });

  it.each([
    ['at the end of From', 'From: jane@example.com\0\r\n\r\n'],
    ['in another header', 'From: jane@example.com\r\nSubject: a\0b\r\n\r\n'],
  ])('refuses a NUL %s, and leaves the body alone', (_name, text) => {
    expect(() => read(text)).toThrow('Header section holds a NUL');
    expect(fromOf('From: jane@example.com\r\n\r\n\0')).toEqual(['jane@example.com']);
  });

  it('refuses an endless header section', () => {
    expect(() => read(`From: a@example.com\r\n${'X: y\r\n'.repeat(40_000)}`)).toThrow('Header section is too long');
  });

  it('refuses 101 senders', () => {
    expect(fromOf(`From: ${'a@example.com,'.repeat(100)}\r\n\r\n`)).toHaveLength(100);
    expect(() => read(`From: ${'a@example.com,'.repeat(101)}\r\n\r\n`)).toThrow('Header section is too long');
  });

  it('throws only replies', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (noise) => {
        try {
          read(`From: ${noise}\r\n\r\n`);
        } catch (error) {
          expect(error).toBeInstanceOf(SmtpReply);
        }
      }),
    );
  });
});
