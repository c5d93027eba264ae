import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from './client-settings.ts';
import type { OperatorSettings } from './operator-clients.ts';
import { createSignedFetch, type SignedFetch } from './sign-request.ts';

/**
 * A `fetch` that signs with a person's or a program's own AWS credentials. A client of the SDK is asked for them and for the Region, so that
 * profiles, SSO and all the rest mean the same here as everywhere.
 */
export function createOperatorSigning({ region, profile, credentials }: OperatorSettings): SignedFetch {
  const { config } = new DynamoDBClient({
    ...clientSettings,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  });
  return async (input, init) => {
    const signedFetch = createSignedFetch({ region: await config.region(), credentials: config.credentials });
    return await signedFetch(input, init);
  };
}
