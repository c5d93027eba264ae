import { parseAddressList, parseMailbox } from './address-list.ts';
import type { SenderPlace, SenderTexts } from './sender-texts.ts';

/** An address that a mail names as its sender, and where. */
export interface SenderAddress {
  readonly where: SenderPlace;
  readonly address: string;
  /** Written with characters beyond ASCII: we cannot know whether SES treated it as this address. */
  readonly isBeyondAscii: boolean;
}

/** The content of a sender field that cannot be parsed as an address, shortened. */
export interface UnreadableSender {
  readonly where: SenderPlace;
  readonly text: string;
}

export interface SenderAddresses {
  readonly addresses: readonly SenderAddress[];
  readonly unreadable: readonly UnreadableSender[];
}

const maxTextLength = 120;
const maxUnreadable = 10;

/**
 * Returns every address that a mail names as its sender: in the envelope, every From and every Sender header. Never
 * throws.
 */
export function readSenderAddresses(senders: SenderTexts): SenderAddresses {
  const addresses: SenderAddress[] = [];
  const unreadable: UnreadableSender[] = [];
  const addUnreadable = (where: SenderPlace, text: string) => {
    if (unreadable.length < maxUnreadable) unreadable.push({ where, text: text.slice(0, maxTextLength) });
  };
  const readList = (where: SenderPlace, text: string) => {
    const list = parseAddressList(text);
    for (const address of list.addresses) addresses.push({ where, ...address });
    for (const entry of list.unreadable) addUnreadable(where, entry);
    if (list.addresses.length === 0 && list.unreadable.length === 0) addUnreadable(where, text);
  };
  const readOne = (where: SenderPlace, text: string) => {
    const address = parseMailbox(text);
    if (address === undefined) addUnreadable(where, text);
    else addresses.push({ where, ...address });
  };

  readOne('envelope', senders.envelope ?? '');
  for (const text of senders.from) readList('from', text);
  for (const text of senders.sender) readList('sender', text);
  if (senders.from.length === 0) {
    // Names are decoded here and may contain what looks like a list, so an entry counts only if it is exactly one
    // mailbox.
    for (const text of senders.commonFrom) readOne('from', text);
    if (senders.commonFrom.length === 0) addUnreadable('from', '');
  }
  if (senders.cut !== undefined && !(senders.cut === 'from' && senders.commonFrom.length > 0))
    addUnreadable(senders.cut, '');
  return { addresses, unreadable };
}
