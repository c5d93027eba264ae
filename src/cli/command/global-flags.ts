import type { Flags } from './flag.ts';

/** The flags of every command, as data. */
export const globalFlags = {
  deployment: {
    value: 'NAME',
    summary: 'The deployment: a name of your config file, its name_prefix, or the path of its sesame.json',
  },
  api: { value: 'URL', summary: 'Call the admin API at this URL, with requests that your AWS credentials sign' },
  local: { summary: 'The local stack that runs here' },
  region: { value: 'REGION', summary: 'The AWS Region, if your AWS settings name another' },
  profile: { value: 'PROFILE', summary: 'The AWS profile' },
  output: {
    value: 'FORM',
    choices: ['json', 'table', 'tsv'],
    summary: 'The form of the output; json when stdout is not a terminal',
  },
  yes: { summary: 'Do not ask before something is lost' },
  dryRun: { summary: 'Show what would be written, and write nothing' },
  color: { isNegatable: true, summary: 'Colours; off with --no-color, NO_COLOR, or when stdout is not a terminal' },
  quiet: { summary: 'No words on stderr but errors' },
} as const satisfies Flags;
