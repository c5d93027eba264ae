/** What people take for a secret access key; undefined if it can be one. Never quotes the text. */
export function findSecretFault(text: string): string | undefined {
  if (text === '') return 'There is no secret access key on stdin.';
  if (/^(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}$/.test(text)) {
    return 'This is an access key id, which is the SMTP username. The secret access key has 40 characters.';
  }
  const version = /^[A-Za-z0-9+/]{44}$|^[A-Za-z0-9+/]{43}=$/.test(text) ? Buffer.from(text, 'base64')[0] : undefined;
  if (version === 0x04)
    return 'This is an SMTP password already, of one Region. Only the secret access key makes one for another.';
  if (version === 0x02) {
    return 'This is an SMTP password of the obsolete form, which SES no longer accepts in newer Regions. Make a new one from the secret access key.';
  }
  if (/\s/.test(text)) return 'The text on stdin holds white space. A secret access key has none.';
  if (!/^[A-Za-z0-9+/]{40}$/.test(text)) {
    return `This is no secret access key: it has ${text.length} characters. One has 40 letters, digits, + and /.`;
  }
  return undefined;
}
