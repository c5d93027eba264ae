import type { Item } from '../credential-table.ts';
import { readAttribute, type SpecAttribute, textMap, words } from './spec-attribute.ts';

/**
 * The attributes that name a credential's owner, and who requested its last change. They are separate from the rest of
 * the spec because every event contains them, and a function that only publishes events must not load the address
 * parsers.
 */
export const attribution = {
  owner: {
    ...words('InvalidOwner', 256),
    description: 'who the credential belongs to: a name, a team or an e-mail address; part of each event',
    effect: 'check',
  },
  labels: {
    ...textMap(
      'InvalidLabels',
      { maxEntries: 20, maxLength: 128, maxKeyLength: 63, keyPattern: '^[A-Za-z0-9][A-Za-z0-9._/-]*$' },
      'a letter or digit and up to 62 more of them or . _ / -',
    ),
    description: 'up to 20 texts of your own, by name; part of each event',
    effect: 'check',
  },
  requested_by: {
    ...words('InvalidRequestedBy', 512),
    isSoft: true,
    description: 'who asked for the last change: an ARN or a name; part of each event',
    effect: 'none',
  },
  requested_from: {
    ...words('InvalidRequestedFrom', 64),
    isSoft: true,
    description: 'the IP address from which it was asked for over the API; part of each event',
    effect: 'none',
  },
} as const satisfies Readonly<Record<string, SpecAttribute<unknown>>>;

/** The part of a record that every event contains. Unreadable values are left out. */
export interface Attribution {
  readonly owner?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly requested_by?: string;
  readonly requested_from?: string;
}

export function readAttribution(item: Item): Attribution {
  const readable = Object.entries(attribution).flatMap(([name, attribute]) => {
    const value = readAttribute<unknown>(item, name, attribute);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(readable) as Attribution;
}
