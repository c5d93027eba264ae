import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { clientSettings } from './client-settings.ts';

/** Apart from what it is used for, so that only its user bundles it: it loads streams of events with itself. */
export function createLogsClient(): CloudWatchLogsClient {
  return new CloudWatchLogsClient(clientSettings);
}
