import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError that names the range */
export function readRange(flag: string, text: string, [minimum, maximum]: readonly [number, number]): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new InvalidArgumentError(`${flag} takes a whole number from ${minimum} to ${maximum}.`);
}
