import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

/** The parts of smtp-server's parser that its own types keep private. */
interface Parser {
  /** What comes after a message: a function once its end was read, `true` once the message was handled, else `false`. */
  _continueCallback: boolean | (() => void);
}

/**
 * Mends smtp-server 3.21: it forgets the callback after it called it. If that call already reads the end of the next message of the same
 * write, the next message's callback is the one that is forgotten, and the connection hangs. So: forget first, then call.
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
