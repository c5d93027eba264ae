import { describe, expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

describe('a time that a person wrote', () => {
  it.each([
    ['2027-03-31', '2027-04-01T00:00:00.000Z'],
    ['2028-02-29', '2028-03-01T00:00:00.000Z'],
    ['2027-03-31T18:00Z', '2027-03-31T18:00:00.000Z'],
    ['2027-03-31T18:00:00.5Z', '2027-03-31T18:00:00.500Z'],
    ['2027-03-31T18:00:00+02:00', '2027-03-31T16:00:00.000Z'],
    ['2027-12-31T23:30:00-05:30', '2028-01-01T05:00:00.000Z'],
  ])('%s is %s', (text, time) => {
    expect(new Date(parseTime(text) ?? 0).toISOString()).toBe(time);
  });

  it.each([
    '2027-02-29',
    '2027-02-30T00:00:00Z',
    '2027-13-01',
    '2027-00-10',
    '2027-03-31T24:00:00Z',
    '2027-03-31T18:00:00',
    '2027-3-1',
    '20270331',
    'tomorrow',
    '',
    1_800_000_000,
    undefined,
    null,
  ])('%s is none', (value) => {
    expect(parseTime(value)).toBeUndefined();
  });

  it('may be required to include the hour', () => {
    expect(parseTime('2027-03-31', 'date-time')).toBeUndefined();
    expect(parseTime('2027-03-31T18:00:00Z', 'date-time')).toBe(Date.parse('2027-03-31T18:00:00Z'));
  });
});
