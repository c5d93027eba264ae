/** How a credential is enabled or tried again: with the command line, and without it. */
export const enableRemedy = 'run "sesame enable NAME", or set status to "pending"';
