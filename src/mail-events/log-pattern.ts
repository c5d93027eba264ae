/**
 * Filter patterns of CloudWatch Logs.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */

/** Lines that contain this text, exactly as it is written. */
export function withText(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** Lines that contain one of these texts. */
export function withSomeText(texts: readonly string[]): string {
  return texts.length === 1 ? withText(texts[0] ?? '') : texts.map((text) => `?${withText(text)}`).join(' ');
}

/** Lines of JSON in which this attribute, such as `detail.username`, is this text. */
export function withAttribute(path: string, value: string): string {
  return `{ $.${path} = "${escapeQuoted(value)}" }`;
}

/** What a regular expression of CloudWatch Logs may hold as it is. */
const plain = /[A-Za-z0-9_@/;,=:#-]/;
/** What it may hold after a backslash. */
const special = /[$^.*+?()[\]{}|\\]/;

/**
 * Lines that contain this text in any case. It may find more: signs that a regular expression of CloudWatch Logs can't hold match any
 * sign. So look at what was found.
 *
 * @param text at most 200 characters: a pattern has at most 1024
 */
export function withTextInAnyCase(text: string): string {
  return withSomeTextInAnyCase([text]);
}

/**
 * Lines that contain one of these texts, as {@link withTextInAnyCase} does.
 *
 * @param texts at most 200 characters together
 */
export function withSomeTextInAnyCase(texts: readonly string[]): string {
  return `%${texts.map(inAnyCase).join('|')}%`;
}

function inAnyCase(text: string): string {
  const parts = [...text].map((sign) => {
    const [lower, upper] = [sign.toLowerCase(), sign.toUpperCase()];
    if (lower !== upper && /[a-z]/.test(lower)) return `[${lower}${upper}]`;
    if (plain.test(sign)) return sign;
    if (special.test(sign)) return `\\${sign}`;
    // One sign may be several bytes.
    return sign.codePointAt(0) === undefined || sign.charCodeAt(0) > 127 ? '.*' : '.';
  });
  return parts.join('');
}

function escapeQuoted(text: string): string {
  return text.replace(/[\\"]/g, '\\$&');
}
