import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogSearch } from '../mail-events/log-search.ts';
import { toAwsProblem } from './aws-problem.ts';

/**
 * Searches a log group by FilterLogEvents. A page may hold nothing and still have a successor; CloudWatch Logs answers in order of time.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function createLogSearch(client: () => CloudWatchLogsClient, logGroupName: string): LogSearch {
  return {
    async readPage({ pattern, fromMs, toMs }, token) {
      try {
        const { events = [], nextToken } = await client().send(
          new FilterLogEventsCommand({
            logGroupName,
            startTime: fromMs,
            endTime: toMs,
            ...(pattern === '' ? {} : { filterPattern: pattern }),
            ...(token === undefined ? {} : { nextToken: token }),
          }),
        );
        return {
          lines: events.map(({ message = '', timestamp = 0 }) => ({ text: message, atMs: timestamp })),
          token: nextToken,
        };
      } catch (error) {
        throw toAwsProblem('logs:FilterLogEvents', error);
      }
    },
  };
}
