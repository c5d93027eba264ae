/** Control and format characters, which could change what a terminal shows around them. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text from elsewhere, safe for a terminal: control characters become code points. */
export function showText(text: string): string {
  return text.replace(unprintable, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return character === '\n' || character === '\t' ? ' ' : `<U+${code}>`;
  });
}
