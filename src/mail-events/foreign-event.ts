import type { SendingEvent } from './sending-event.ts';

/** Where this deployment's events come from. */
export interface EventOrigin {
  readonly accountId: string;
  /** Undefined: the deployment has none, so any is accepted. */
  readonly configurationSet?: string;
}

/**
 * What shows that an event is about another account's or configuration set's mail; undefined if nothing does. Older
 * notifications name neither, and count. It is no proof: whoever forges an event can write ours. But it keeps out what
 * reaches our queues by mistake.
 */
export function findForeignOrigin(
  { sendingAccountId, configurationSet }: Pick<SendingEvent, 'sendingAccountId' | 'configurationSet'>,
  ours: EventOrigin,
): string | undefined {
  if (sendingAccountId !== undefined && sendingAccountId !== ours.accountId) return 'account';
  const isOther = configurationSet !== undefined && ours.configurationSet !== undefined;
  return isOther && configurationSet !== ours.configurationSet ? 'configuration set' : undefined;
}
