import type { AdministratorKey } from './administrator-key.ts';

/** The variables that the AWS CLI needs to use the stack, for a shell to read: `. .sesame/env`. */
export function describeEnvironment({
  endpoint,
  region,
  credentials,
}: {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AdministratorKey;
}): string {
  const variables = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'\n`);
  // Those of a real account would be sent along, or win.
  return `${lines.join('')}unset AWS_SESSION_TOKEN AWS_PROFILE\n`;
}
