import { specAttributeNames } from './spec-attribute-names.ts';
import { systemAttributes } from './system-attributes.ts';

/** All attributes of a record that hold no ciphertext, with the key: what administrators may read. */
export const readableAttributeNames: readonly string[] = [
  'PK',
  'SK',
  ...specAttributeNames,
  ...Object.entries(systemAttributes).flatMap(([name, { isSecret }]) => (isSecret === true ? [] : [name])),
];
