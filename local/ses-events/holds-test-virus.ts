import PostalMime from 'postal-mime';

/** The EICAR test file, in two parts, so that no virus scanner flags this file. */
const testVirus = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/**
 * Whether a message holds the EICAR test file, which SES treats as a virus.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
 */
export async function holdsTestVirus(raw: Buffer): Promise<boolean> {
  if (raw.includes(testVirus)) return true;
  const { text = '', html = '', attachments } = await PostalMime.parse(raw, { attachmentEncoding: 'utf8' });
  return [text, html, ...attachments.map(({ content }) => String(content))].some((part) => part.includes(testVirus));
}
