import { CliError } from './cli-error.ts';

/** What the caller's own AWS settings lack, from the code and words of a failed call; undefined for everything else. */
export function findSetupProblem(code: string, message: string): CliError | undefined {
  if (/Region is missing|Region not accepted: region=""/.test(message)) {
    return new CliError('usage', 'RegionMissing', 'No AWS Region is set.', {
      remedy:
        'Add --region, set AWS_REGION, or name your deployment once: sesame deployments add NAME --region REGION.',
    });
  }
  if (/Region not accepted/.test(message)) {
    return new CliError('usage', 'InvalidRegion', 'The AWS Region is not valid. One looks like eu-central-1.');
  }
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(code)) {
    const [, why = message] = /(?:CredentialsProviderError|TokenProviderError): ([^.]+)/.exec(message) ?? [];
    return new CliError('denied', 'NoAwsCredentials', `There are no AWS credentials: ${why}.`, {
      remedy: 'Log in, for example with `aws sso login`, or name a profile with --profile.',
    });
  }
  if (/^(ExpiredToken|ExpiredTokenException|UnrecognizedClientException|InvalidClientTokenId)$/.test(code)) {
    return new CliError(
      'denied',
      code,
      'AWS does not accept your credentials: they are over, or not of this partition.',
      {
        remedy: 'Log in again, for example with `aws sso login`.',
      },
    );
  }
  return undefined;
}
