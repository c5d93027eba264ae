import type { MailEvent } from './mail-event.ts';
import { readRecipientStates } from './recipient-states.ts';

/** Something that isn't known about a mail. */
export interface NotKnown {
  readonly code: 'SendEventMissing' | 'NoOutcome' | 'CredentialUnknown' | 'CredentialGone' | 'SuppressionUnread';
  readonly message: string;
}

/** What the events of a mail leave open. */
export function findMissingEvents(
  to: readonly string[],
  events: readonly Pick<MailEvent, 'type' | 'at' | 'recipients'>[],
): NotKnown[] {
  const open = readRecipientStates(to, events).filter(({ state }) => state === 'accepted' || state === 'unknown');
  const isSendKnown = events.some(({ type }) => type === 'Send');
  return [
    ...(isSendKnown
      ? []
      : [
          {
            code: 'SendEventMissing' as const,
            message:
              'The event of its sending was not found where was looked. The other events prove that SES took it.',
          },
        ]),
    ...(open.length === 0
      ? []
      : [
          {
            code: 'NoOutcome' as const,
            message: `No event yet tells what became of the mail to ${open.map(({ address }) => address).join(', ')}. SES's delivery to the log is best effort, so a missing event proves nothing.`,
          },
        ]),
  ];
}
