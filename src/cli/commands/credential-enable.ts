import { defineAction } from './credential-action.ts';

export const command = defineAction({
  action: 'enable',
  description: 'Also retries a failed one, and ends a suspension. The same password works again.',
  done: 'Enabled',
  effect: 'Wait until its password works again',
});
