import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { explainSmtpText } from '../src/mail-client/explain-smtp-text.ts';
import { ruleSections } from '../src/mail-client/smtp-rules/all-rules.ts';
import { renderSmtpReplies, smtpRepliesFile } from './smtp-replies-docs.ts';

const rules = Object.values(ruleSections).flat();

it('docs/smtp-replies.md shows the current rules: update it with `npm run docs:smtp-replies`', () => {
  expect(rules.length).toBeGreaterThan(50);
  expect(readFileSync(smtpRepliesFile, 'utf8')).toBe(renderSmtpReplies());
});

it.each(rules.map(({ code, sample }) => [code, sample]))('%s explains its own example: %s', (code, sample) => {
  expect(explainSmtpText(sample).map((each) => each.code)).toEqual([code]);
});

it.each(rules)('$code: $sample is written in sentences', ({ code, cause, remedy, link }) => {
  expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(cause).toMatch(/^[A-Z0-9].*\.$/);
  expect(remedy).toMatch(/^[A-Z].*\.$/);
  expect(link).toMatch(/^https:\/\//);
});
