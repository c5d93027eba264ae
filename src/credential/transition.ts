export const TRANSITIONS = [
  'activated',
  'enabled',
  'disabled',
  'changed',
  'recreated',
  'suspended',
  'rotation-due',
  'expiry-due',
  'rotated',
  'key-retired',
  'key-deleted',
  'rotation-undone',
  'still-in-use',
] as const;

/** What happened to a credential. */
export type Transition = (typeof TRANSITIONS)[number];
