import { defineAction } from './credential-action.ts';

export const command = defineAction({
  action: 'disable',
  description: 'Its keys become Inactive within seconds. The password stays, and works again once it is enabled.',
  done: 'Disabled',
  effect: 'Wait until its password no longer works',
});
