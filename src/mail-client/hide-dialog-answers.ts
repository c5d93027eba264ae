/** What stands in place of a credential. */
export const hiddenMark = '[hidden]';

/** What the server asked for. */
type Challenge = 'username' | 'password' | 'plain';

/** Lines after a challenge that may stand before the answer: a transcript may repeat the challenge in other words. */
const patience = 4;

/**
 * Hides what a client answered to a server's `334` in the transcript of a login, and calls `see` with each answer as sent. Takes the forms of telnet, swaks, openssl, nodemailer, smtplib and PHP libraries: the answer is the next
 * line without a reply code, or stands behind the challenge on one line.
 */
export function hideDialogAnswers(text: string, see: (challenge: Challenge, token: string) => void): string {
  if (!text.includes('334')) return text;
  let challenge: Challenge | undefined;
  let left = 0;
  const answer = (token: string) => {
    if (challenge !== undefined) see(challenge, token);
  };
  return text
    .split('\n')
    .map((line) => {
      const asked = line.match(/(?:^|[^\d.])334(?:[ -]|\)|\\r|\r?$)(.*)/);
      if (asked !== null) {
        const rest = asked[1] ?? '';
        challenge = readChallenge(rest) ?? challenge ?? 'plain';
        left = patience;
        return hideInline(
          line,
          rest,
          (words) => {
            challenge = readChallenge(words) ?? challenge;
          },
          answer,
        );
      }
      if (left === 0 || line.trim() === '') return line;
      left -= 1;
      if (/(?:^|[^\d.])[2345]\d\d[ -]/.test(line)) {
        left = 0;
        return line;
      }
      const hiddenLine = hideLastToken(line, answer);
      if (hiddenLine !== undefined) left = 0;
      return hiddenLine ?? line;
    })
    .join('\n');
}

/** `334 VXNlcm5hbWU6` asks for the username. The capital letters differ between servers. */
function readChallenge(words: string): Challenge | undefined {
  if (/VXNlcm5hbW|dXNlcm5hbW/.test(words)) return 'username';
  return /UGFzc3dvcm|cGFzc3dvcm/.test(words) ? 'password' : undefined;
}

/** Log lines that hold the whole dialogue: `<< 334 VXNlcm5hbWU6 >> answer << 334 UGFzc3dvcmQ6 >> answer`. */
function hideInline(line: string, rest: string, ask: (words: string) => void, answer: (token: string) => void): string {
  const hiddenRest = rest.replace(
    /((?:334 )?[A-Za-z0-9+/=]{0,40} {0,3}(?:>>|->|~>|=>) {0,3})([A-Za-z0-9+/=]+)/g,
    (_, lead: string, token: string) => {
      ask(lead);
      answer(token);
      return `${lead}${hiddenMark}`;
    },
  );
  return line.slice(0, line.length - rest.length) + hiddenRest;
}

/** Replaces the last word of a line if it is base64; undefined if there is none. Walks by hand: no pattern may backtrack here. */
function hideLastToken(line: string, answer: (token: string) => void): string | undefined {
  let end = line.length;
  while (end > 0 && /[\s'"]/.test(line[end - 1] ?? '')) end -= 1;
  while (/\\[rn]$/.test(line.slice(Math.max(0, end - 2), end))) end -= 2;
  let start = end;
  while (start > 0 && /[A-Za-z0-9+/=]/.test(line[start - 1] ?? '')) start -= 1;
  if (start === end) return undefined;
  answer(line.slice(start, end));
  return `${line.slice(0, start)}${hiddenMark}${line.slice(end)}`;
}
