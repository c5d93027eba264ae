/** A wrong command line. The message says what is wrong; the exit status is 2. */
export class UsageError extends Error {}
