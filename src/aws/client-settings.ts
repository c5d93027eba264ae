/**
 * What all clients share. Time-outs are short, because a call of ours takes milliseconds and a Lambda function pays
 * for waiting; retries are the SDK's own ("standard": exponential backoff with jitter).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const clientSettings = {
  maxAttempts: 4,
  retryMode: 'standard',
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000 },
} as const;
