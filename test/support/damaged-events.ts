import * as fc from 'fast-check';
import { inSns, sesEvents } from './ses-events.ts';

type Damage = (value: unknown) => unknown;

/** Paths to the damaged node of a tree: a number picks a child at each level. */
const paths = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 5 });

/** Characters that can neither be in an ASCII address nor separate two, like a comma. Damage must not forge an address. */
const strange = fc.oneof(
  fc.string({
    unit: fc.integer({ min: 0x80, max: 0x10ffff }).map((code) => String.fromCodePoint(code)),
    minLength: 1,
    maxLength: 8,
  }),
  fc.constantFrom(
    '\u0000',
    '\u202e',
    '\ud800',
    '\ufeff',
    '\u00ad',
    '\u3002',
    '\u200d',
    '"',
    '<',
    '>',
    '(',
    ')',
    ' x ',
    '\\',
    ':',
  ),
);

const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.constant<Damage>(() => undefined),
  fc.jsonValue({ maxDepth: 2 }).map(
    (value): Damage =>
      () =>
        value,
  ),
  fc.constantFrom<unknown>(null, 0, -1, 1e308, true, false, '', [], {}, [[]], 'x', Number.MAX_SAFE_INTEGER).map(
    (value): Damage =>
      () =>
        value,
  ),
  fc.tuple(strange, fc.nat()).map(
    ([text, position]): Damage =>
      (value) => {
        if (typeof value !== 'string') return text;
        const at = position % (value.length + 1);
        return value.slice(0, at) + text + value.slice(at);
      },
  ),
  fc.tuple(strange, fc.integer({ min: 1, max: 262_144 })).map(
    ([text, length]): Damage =>
      () =>
        text.repeat(Math.ceil(length / text.length)).slice(0, length),
  ),
  fc.constant<Damage>((value) => [value]),
  fc.constant<Damage>((value) => ({ value })),
  fc.constant<Damage>((value) => (Array.isArray(value) ? [...value, ...value] : value)),
  fc.constant<Damage>((value) => (Array.isArray(value) ? [...value].reverse() : value)),
);

/** Events with one to five random damages: missing fields, changed types, odd characters, large values. As objects or text. */
export function damagedEvents(words: readonly string[]): fc.Arbitrary<unknown> {
  const wounds = fc.array(fc.tuple(paths, damages), { minLength: 1, maxLength: 5 });
  return fc
    .tuple(fc.constantFrom(...words), wounds, fc.constantFrom('object', 'text', 'sns'))
    .map(([word, list, form]) => {
      let event: unknown = structuredClone(sesEvents()[word]);
      for (const [path, damage] of list) event = damageAt(event, path, damage);
      if (form === 'object') return event;
      return form === 'text' ? (JSON.stringify(event) ?? '') : inSns(JSON.stringify(event) ?? '');
    });
}

function damageAt(tree: unknown, [step, ...rest]: readonly number[], damage: Damage): unknown {
  if (step === undefined || typeof tree !== 'object' || tree === null) return damage(tree);
  const copy: Record<string, unknown> = Array.isArray(tree) ? ([...tree] as never) : { ...tree };
  const keys = Object.keys(copy);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return damage(tree);
  const value = damageAt(copy[key], rest, damage);
  if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy;
}
