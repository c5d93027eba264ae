import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

/** Private members of smtp-server's parser. */
interface Parser {
  /** A function once the end of a message was read, `true` once the message was handled, otherwise `false`. */
  _continueCallback: boolean | (() => void);
}

/**
 * Fixes a bug in smtp-server 3.21, which clears the callback after calling it. If that call already reads the end of the next message
 * from the same packet, the next message's callback is cleared, and the connection hangs. This version clears first, then calls.
 */
export function resumeAfterData(): void {
  SMTPStream.prototype.continue = function resume(): void {
    const parser = this as unknown as Parser;
    const callback = parser._continueCallback;
    if (typeof callback !== 'function') {
      parser._continueCallback = true;
      return;
    }
    parser._continueCallback = false;
    callback();
  };
}
