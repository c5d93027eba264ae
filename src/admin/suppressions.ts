import { SesameError } from '../credential/errors.ts';
import {
  type SuppressedAddress,
  type SuppressedAddresses,
  spellingsOf,
} from '../deliverability/suppressed-addresses.ts';
import { parseMailbox } from '../mail-events/address-list.ts';

/** What SES's suppression list of the account, in this Region, says of an address. */
export interface Suppression {
  readonly address: string;
  /** The list's entries for it: usually none or one, but each spelling may have its own. */
  readonly entries: readonly SuppressedAddress[];
}

export interface SuppressionsDeps {
  readonly suppressed: SuppressedAddresses;
}

/**
 * Looks an address up on the suppression list.
 *
 * @throws SesameError `InvalidAddress`, permanent; of AWS
 */
export async function readSuppression(
  { address: text }: { readonly address: string },
  { suppressed }: SuppressionsDeps,
): Promise<Suppression> {
  const address = readAddress(text);
  const entries: SuppressedAddress[] = [];
  for (const spelling of spellingsOf(address)) {
    const entry = await suppressed.find(spelling);
    if (entry !== undefined && !entries.some((known) => known.address === entry.address)) entries.push(entry);
  }
  return { address, entries };
}

/**
 * Takes an address off the suppression list, in each spelling. One that isn't on it stays off. The list belongs to the whole account: mail of all
 * its programs reaches the address again.
 *
 * @throws SesameError `InvalidAddress`, permanent; of AWS
 */
export async function removeSuppression(
  { address: text }: { readonly address: string },
  { suppressed }: SuppressionsDeps,
): Promise<{ readonly address: string; readonly isRemoved: boolean }> {
  const address = readAddress(text);
  let isRemoved = false;
  for (const spelling of spellingsOf(address)) {
    if (await suppressed.remove(spelling)) isRemoved = true;
  }
  return { address, isRemoved };
}

/** API Gateway decodes a path before it hands it on, so these signs would mean something else there. No real address needs them. */
const ambiguous = /[%/?#\p{Cc}]/u;

function readAddress(text: string): string {
  const address = parseMailbox(text.trim())?.address;
  if (address === undefined || ambiguous.test(address)) {
    const shown = JSON.stringify(text.slice(0, 100));
    throw new SesameError(
      'InvalidAddress',
      'permanent',
      `${shown} is no address, or one with % / ? or #, which a path can't hold.`,
    );
  }
  return address;
}
