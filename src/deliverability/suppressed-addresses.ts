import type { SuppressionReason } from './sending-account.ts';

/** An address on the account's suppression list in this Region: SES takes mail to it, and doesn't send it. */
export interface SuppressedAddress {
  /** As it is written on the list. */
  readonly address: string;
  readonly reason: SuppressionReason;
  /** When it was put there, or when its reason changed (ISO 8601). */
  readonly since: string | undefined;
  /** SES's id of the mail that led to it, where SES put it there. */
  readonly messageId: string | undefined;
}

/** The suppression list of the account, which all its programs share. One in each Region. */
export interface SuppressedAddresses {
  /** @returns undefined if the list doesn't have the address in this very spelling */
  readonly find: (spelling: string) => Promise<SuppressedAddress | undefined>;
  /** @returns false if the list didn't have it in this very spelling */
  readonly remove: (spelling: string) => Promise<boolean>;
}

/**
 * The spellings in which the list may hold an address. Upper and lower case make no difference when SES sends, but its calls about the list
 * need the exact spelling: SES writes an address as the mail had it, and Sesame in lower case.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-tenant-level-manage.html
 */
export function spellingsOf(address: string): readonly string[] {
  const at = address.lastIndexOf('@');
  const withLowerDomain = address.slice(0, at) + address.slice(at).toLowerCase();
  return [...new Set([address, withLowerDomain, address.toLowerCase()])];
}

/** The list's entry of an address, in whatever case the list has it. */
export async function findSuppressed(
  address: string,
  list: Pick<SuppressedAddresses, 'find'>,
): Promise<SuppressedAddress | undefined> {
  for (const spelling of spellingsOf(address)) {
    const found = await list.find(spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}
