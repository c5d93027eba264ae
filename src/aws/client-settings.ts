import type { IAMClientConfig } from '@aws-sdk/client-iam';

type Logger = NonNullable<IAMClientConfig['logger']>;

/**
 * What all clients share. Time-outs are short, because a call of ours takes milliseconds and a Lambda function pays
 * for waiting; retries are the SDK's own ("standard": exponential backoff with jitter).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 *
 * `cacheMiddleware` keeps the chain that the SDK otherwise builds anew for each call. SQS doesn't share that: its chain
 * remembers a queue.
 */
export const clientSettings = {
  maxAttempts: 4,
  retryMode: 'standard',
  cacheMiddleware: true,
  logger: silence(),
  // Without the last one the handler only warns, and a call that hangs ends after five minutes.
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;

/** The SDK prepares every input and output for `info` and `error`, even if nothing listens. Without these two methods it doesn't. */
function silence(): Logger {
  const ignore = () => undefined;
  return { debug: ignore, warn: ignore } as Partial<Logger> as Logger;
}
