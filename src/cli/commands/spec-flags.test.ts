import { expect, it } from 'vitest';
import { spec } from '../../credential/record/spec.ts';
import { specAttributeNames } from '../../credential/record/spec-attribute-names.ts';
import { globalFlags } from '../command/global-flags.ts';
import { attributesWithoutFlag, flagOf, specFlags } from './spec-flags.ts';

it('every attribute that people write has a flag', () => {
  for (const name of specAttributeNames.filter((each) => !attributesWithoutFlag.has(each))) {
    const flag = specFlags[flagOf(name)];
    expect(flag, name).toBeDefined();
    const isSwitch = (spec[name].types as readonly string[]).includes('BOOL');
    expect(flag?.value === undefined, name).toBe(isSwitch);
  }
  expect(Object.keys(specFlags)).toHaveLength(specAttributeNames.length - attributesWithoutFlag.size);
});

it('no flag hides one of all commands', () => {
  expect(Object.keys(specFlags).filter((name) => name in globalFlags)).toEqual([]);
});

it('no summary holds markup', () => {
  for (const { summary } of Object.values(specFlags)) expect(summary).not.toMatch(/`|\]\(/);
});
