/** A command line that can't be understood. The message names what is wrong; the exit status is 2. */
export class UsageError extends Error {}
