/** Exit codes of `sesame`. Scripts rely on them: a number never changes its meaning. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  refused: 3,
  unknown: 4,
  notFound: 5,
  conflict: 6,
  denied: 7,
  notConfirmed: 8,
  interrupted: 130,
} as const;

export type ExitCodeName = keyof typeof exitCodes;

/** What each code means, for the documents. */
export const exitCodeMeanings: Readonly<Record<ExitCodeName, string>> = {
  ok: 'It worked.',
  failure: 'It failed; the error says why. Also a credential that failed, and a deployment with a failed check.',
  usage: 'The command line is wrong, or flags are missing. Nothing was done.',
  refused: 'The values are not valid, or SES would refuse the mail. Nothing was done.',
  unknown: 'The outcome is not known: the time was over, or a part could not be checked.',
  notFound: 'There is no such credential, message or deployment.',
  conflict: 'The record is not in the state for this, or somebody else changed it.',
  denied: 'AWS denies it, or there are no AWS credentials.',
  notConfirmed: 'A person said no.',
  interrupted: 'Stopped by Ctrl-C.',
};
