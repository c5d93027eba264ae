/** The id that SES gave a mail, as in `250 Ok 0100018c...-000000`. */
export interface SesMessageId {
  readonly id: string;
  /** When SES took the mail, if the id holds a likely time. Milliseconds since the epoch. */
  readonly sentAtMs: number | undefined;
}

/** Region (4 digits), time in milliseconds (12), UUID, counter. */
const form =
  /(?<![0-9a-z-])([0-9a-f]{4})([0-9a-f]{12})-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9]{6}(?![0-9a-z-])/i;

/** SES's first year, and an end that no clock has reached. */
const earliestMs = Date.UTC(2011, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

/**
 * Finds SES's id of a mail in a text: alone, in angle brackets, with `@email.amazonses.com` or `@REGION.amazonses.com`, in SES's SMTP reply, or in a
 * client's log line. AWS doesn't document the form: that the id holds a time is what real ids show, so it only guides a search.
 */
export function findSesMessageId(text: string): SesMessageId | undefined {
  const [found, , time = ''] = form.exec(text) ?? [];
  if (found === undefined) return undefined;
  const ms = Number.parseInt(time, 16);
  return { id: found.toLowerCase(), sentAtMs: ms >= earliestMs && ms < latestMs ? ms : undefined };
}
