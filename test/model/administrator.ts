import type { Item } from '../../src/credential/credential-table.ts';
import type { FakeUser } from '../support/fake-cloud.ts';
import { type CredentialWorld, usernameOfTags } from './credential-world.ts';

/** The state that the administrator wants, whatever happens to the credential. */
export interface Intent {
  readonly wanted: boolean;
  readonly patterns: readonly string[];
}

export const patternChoices: readonly (readonly string[])[] = [
  ['john@example.com'],
  ['*@marketing.example.com', 'john@example.com'],
  ['other@example.com'],
  ['*'],
  // A managed policy.
  Array.from({ length: 60 }, (_, index) => `a-rather-long-name-of-a-sender-${index}@example.com`),
];

const damages: Item[] = [
  { iam_user_arn: undefined },
  { iam_user_arn: 'arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/ses-smtp-user-foreign-1700000000000' },
  { access_key_id: undefined },
  { access_key_id: 'AKIAWRITTENBYHAND' },
  { encrypted_password: undefined },
  { policy_digest: undefined },
  { policy_digest: 'inline:0123' },
  { previous_key: undefined },
  { previous_key: 'nonsense' },
  { claim: undefined },
  { claim: 'nonsense' },
  { verified_at: undefined },
  { created_at: 7 },
  { iam_user_arn: undefined, access_key_id: undefined, encrypted_password: undefined },
];
export const damageCount = damages.length;

/** Edits the table as an administrator does, and keeps track of the intended state. */
export class Administrator {
  readonly intents = new Map<string, Intent>();
  readonly #snapshots = new Map<string, Item>();
  readonly #world: CredentialWorld;

  constructor(world: CredentialWorld) {
    this.#world = world;
  }

  insert(username: string, choice: number, more: Item = {}): void {
    this.#world.cloud.put(username, {
      status: 'pending',
      allowed_from_addresses: patternChoices[choice],
      entity_type: 'smtp_credential',
      owner_note: 'of somebody else',
      ...more,
    });
    this.intents.set(username, { wanted: true, patterns: patternChoices[choice] ?? [] });
  }

  #update(username: string, attributes: Item, intent: Partial<Intent>): void {
    const item = this.#world.cloud.items.get(username);
    const before = this.intents.get(username);
    if (item === undefined || before === undefined) return;
    this.#world.cloud.put(username, withoutUndefined({ ...item, ...attributes }));
    this.intents.set(username, { ...before, ...intent });
  }

  setPatterns(username: string, choice: number): void {
    const patterns = patternChoices[choice] ?? [];
    this.#update(username, { allowed_from_addresses: patterns }, { patterns });
  }

  disable(username: string): void {
    this.#update(username, { status: 'disabled' }, { wanted: false });
  }

  /** Administrators should not write this status, but they can. */
  setActive(username: string): void {
    const item = this.#world.cloud.items.get(username) ?? {};
    this.#update(username, { status: 'active' }, { wanted: !hasUnfinishedDisable(item) });
  }

  setPending(username: string): void {
    this.#update(username, { status: 'pending' }, { wanted: true });
  }

  requestRotation(username: string): void {
    this.#update(username, { rotate_requested: true }, {});
  }

  withdrawRotation(username: string): void {
    this.#update(username, { rotate_requested: undefined }, {});
  }

  rotateAfter(username: string, days: number): void {
    this.#update(username, { rotate_after_days: days }, {});
  }

  /** @param days below 0: it has ended by now */
  endAfter(username: string, days: number): void {
    const until = new Date(this.#world.nowMs + days * 86_400_000).toISOString();
    this.#update(username, { valid_until: until }, {});
  }

  damage(username: string, choice: number): void {
    this.#world.disturbed.add(username);
    this.#update(username, damages[choice] ?? {}, {});
  }

  delete(username: string): void {
    if (!this.#world.cloud.items.has(username)) return;
    this.#world.cloud.put(username, undefined);
    this.intents.delete(username);
  }

  /** Duplicates an item in the console under another username. */
  copy(from: string, to: string): void {
    const item = this.#world.cloud.items.get(from);
    const intent = this.intents.get(from);
    if (item === undefined || intent === undefined || from === to) return;
    this.#world.disturbed.add(to);
    this.#world.cloud.put(to, item);
    this.intents.set(to, { ...intent, wanted: isWanted(item) });
  }

  /** Opens an item in the console ... */
  open(username: string): void {
    const item = this.#world.cloud.items.get(username);
    if (item !== undefined) this.#snapshots.set(username, item);
  }

  /** ... and later saves it with other patterns, or restores it from a backup. */
  save(username: string, choice: number): void {
    const item = this.#snapshots.get(username);
    if (item === undefined) return;
    const patterns = patternChoices[choice] ?? [];
    this.#world.disturbed.add(username);
    this.#world.cloud.put(username, { ...item, allowed_from_addresses: patterns });
    this.intents.set(username, { wanted: isWanted(item), patterns });
  }
}

/** A `disabled` that could not be applied stays until `pending` is written. */
function hasUnfinishedDisable(item: Item): boolean {
  return (item['failure'] as Item | undefined)?.['wish'] === 'disabled';
}

function isWanted(item: Item): boolean {
  return item['status'] === 'pending' || (item['status'] !== 'disabled' && !hasUnfinishedDisable(item));
}

type Hand = (world: CredentialWorld, name: string, user: FakeUser) => void;

const hands = {
  'remove user': (world, name, { keys }) => {
    for (const id of keys.keys()) world.deletedByHand.add(id);
    world.cloud.users.delete(name);
  },
  'delete key': (world, _name, { keys }) => {
    const [id] = keys.keys();
    if (id === undefined) return;
    world.deletedByHand.add(id);
    keys.delete(id);
  },
  'add key': (world, _name, user) => world.cloud.addKey(user),
  'switch key': (_world, _name, { keys }) => {
    const [key] = keys.values();
    if (key !== undefined) key.status = key.status === 'Active' ? 'Inactive' : 'Active';
  },
  'replace policy': (_world, _name, user) => {
    user.policy = { document: 'somebody wrote this', form: 'inline' };
  },
  'delete policy': (_world, _name, user) => {
    delete user.policy;
  },
  quarantine: (_world, _name, user) => {
    user.quarantined = true;
  },
  release: (_world, _name, user) => {
    user.quarantined = false;
  },
} satisfies Record<string, Hand>;

export type Tampering = keyof typeof hands;
export const tamperings = Object.keys(hands) as Tampering[];

/** Changes IAM by hand. No trigger follows. */
export function tamper(world: CredentialWorld, username: string, what: Tampering): void {
  const hand: Hand = hands[what];
  for (const [name, user] of world.cloud.users) {
    if (usernameOfTags(user) !== username) continue;
    world.needsSweep = true;
    world.disturbed.add(username);
    // IAM shows changes by hand as late as all others.
    world.cloud.remember(name);
    hand(world, name, user);
  }
}

function withoutUndefined(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined));
}
