import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildRecordSchema, recordTablesOf, renderRecordTables } from '../scripts/record-docs.ts';
import { readRecord } from '../src/credential/record/record.ts';
import { specAttributeNames } from '../src/credential/record/spec-attribute-names.ts';
import { systemAttributes } from '../src/credential/record/system-attributes.ts';
import { validateSpec } from '../src/credential/record/validate-spec.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('the documentation of a record', () => {
  it('in docs/record.md matches the code (npm run docs:record)', () => {
    expect(recordTablesOf(read('docs/record.md'))).toBe(renderRecordTables());
  });

  it('in the schema matches the code (npm run docs:record)', () => {
    expect(JSON.parse(read('docs/record.schema.json'))).toEqual(buildRecordSchema());
  });

  it('names every attribute that Sesame reads or writes', () => {
    const known = new Set<string>([...specAttributeNames, ...Object.keys(systemAttributes)]);
    const used = new Set<string>();
    readRecord('jane', new Proxy({}, { get: (_, name) => void used.add(String(name)) }));
    expect(used.size).toBeGreaterThan(15);
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
  });
});

describe('the schema of a spec', () => {
  const isValid = new Ajv2020({ strict: true }).compile(JSON.parse(read('docs/record.schema.json')));
  const least = { status: 'pending', allowed_from_addresses: ['*@example.com'] };

  it.each([
    least,
    { ...least, status: 'disabled', description: 'Mail of Jane', unknown_to_sesame: { any: 'thing' } },
    {
      ...least,
      entity_type: 'smtp_credential',
      allowed_from_addresses: ['jane@example.com', 'news*@example.com', '*@*.example.com', '*@bücher.example'],
      allowed_source_ips: ['203.0.113.7', '2001:db8::/32'],
      allowed_recipients: ['*@example.org'],
      rotate_after_days: 90,
      rotate_requested: false,
      quota_per_hour: 10,
      quota_per_day: 100,
      sandbox: true,
      valid_until: '2027-03-31',
      owner: 'jane@example.com',
      labels: { team: 'billing', 'cost-center': '' },
      requested_by: 'arn:aws:iam::123456789012:role/ops',
      requested_at: '2026-11-01T10:00:00Z',
    },
    { ...least, valid_until: '2027-03-31T18:00:00+02:00' },
  ])('accepts %j, and so does Sesame', (attributes) => {
    expect(isValid(attributes), JSON.stringify(isValid.errors)).toBe(true);
    expect(validateSpec({ attributes }).faults).toEqual([]);
  });

  it.each([
    [{ status: 'pending' }, 'allowed_from_addresses'],
    [{ ...least, status: 'on' }, 'status'],
    [{ ...least, allowed_from_addresses: [] }, 'allowed_from_addresses'],
    [{ ...least, allowed_from_addresses: ['jane'] }, 'allowed_from_addresses'],
    [{ ...least, allowed_from_addresses: 'jane@example.com' }, 'allowed_from_addresses'],
    [{ ...least, allowed_source_ips: ['home'] }, 'allowed_source_ips'],
    [{ ...least, allowed_recipients: ['a?@example.com'] }, 'allowed_recipients'],
    [{ ...least, entity_type: 'other' }, 'entity_type'],
    [{ ...least, rotate_after_days: 0.5 }, 'rotate_after_days'],
    [{ ...least, rotate_after_days: 4000 }, 'rotate_after_days'],
    [{ ...least, quota_per_day: 0 }, 'quota_per_day'],
    [{ ...least, sandbox: 'true' }, 'sandbox'],
    [{ ...least, valid_until: 'next week' }, 'valid_until'],
    [{ ...least, valid_until: '2027-03-31T18:00' }, 'valid_until'],
    [{ ...least, owner: 'x'.repeat(257) }, 'owner'],
    [{ ...least, labels: { team: 7 } }, 'labels'],
    [{ ...least, labels: { 'a b': 'c' } }, 'labels'],
    [{ ...least, labels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`l${n}`, ''])) }, 'labels'],
  ])('refuses %j, and so does Sesame', (attributes, attribute) => {
    expect(isValid(attributes)).toBe(false);
    expect(validateSpec({ attributes }).faults).toMatchObject([{ attribute }]);
  });

  it('refuses nothing that Sesame accepts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const usually = (likely: fc.Arbitrary<string>) => fc.oneof({ weight: 19, arbitrary: likely }, text);
    const address = fc.oneof(
      fc.emailAddress(),
      fc.constantFrom('*@example.com', '*@*.example.com', 'jane*@EXAMPLE.com'),
    );
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,70}$/);
    const attributes = fc.record(
      {
        status: fc.constantFrom('pending', 'disabled'),
        allowed_from_addresses: fc.array(usually(address), { minLength: 1, maxLength: 3 }),
        allowed_source_ips: fc.array(usually(fc.oneof(fc.ipV4(), fc.ipV6())), { minLength: 1, maxLength: 3 }),
        valid_until: usually(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
        owner: usually(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 260 })),
        labels: fc.dictionary(usually(name), text, { maxKeys: 3 }),
        description: fc.anything(),
      },
      { requiredKeys: ['status', 'allowed_from_addresses'] },
    );
    let taken = 0;
    fc.assert(
      fc.property(attributes, (each) => {
        if (validateSpec({ attributes: each }).faults.length > 0) return;
        taken += 1;
        expect(isValid(each), JSON.stringify([each, isValid.errors])).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
