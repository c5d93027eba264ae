import { type CloudWatchLogsClient, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { MailHistory } from './mail-histories.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html: 26 bytes more for each event. */
const maxBytes = 1_000_000;
const maxEvents = 10_000;
const maxSpanMs = 86_000_000;

/** Writes what happened to mails to a log stream, in order of time. @returns the times of all lines, sorted */
export async function writeMailHistories(
  client: CloudWatchLogsClient,
  stream: { readonly logGroupName: string; readonly logStreamName: string },
  histories: readonly MailHistory[],
): Promise<readonly number[]> {
  const lines = histories
    .flatMap((history) => history.lines)
    .map(({ atMs, event }) => ({ timestamp: atMs, message: JSON.stringify(event) }))
    .sort((a, b) => a.timestamp - b.timestamp);
  let batch: typeof lines = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length > 0) await client.send(new PutLogEventsCommand({ ...stream, logEvents: batch }));
    batch = [];
    bytes = 0;
  };
  for (const line of lines) {
    const size = Buffer.byteLength(line.message) + 26;
    const spanMs = line.timestamp - (batch[0]?.timestamp ?? line.timestamp);
    if (batch.length === maxEvents || bytes + size > maxBytes || spanMs > maxSpanMs) await flush();
    batch.push(line);
    bytes += size;
  }
  await flush();
  return lines.map(({ timestamp }) => timestamp);
}
