import { CreateLogStreamCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createLocalAdminDeps } from '../local/local-admin-deps.ts';
import { type FindMessagesRequest, findMessages } from '../src/admin/find-messages.ts';
import { readMessageQuery } from '../src/admin/message-query.ts';
import type { AdminDeps } from '../src/admin/wire.ts';
import { readableAttributeNames } from '../src/credential/record/readable-attributes.ts';
import { type MailHistory, makeMailHistory } from '../test/support/mail-histories.ts';
import { type OwnLocalStack, startLocalStack } from '../test/support/start-local-stack.ts';
import { writeMailHistories } from '../test/support/write-mail-histories.ts';
import { median, time } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/** The search for mails, relative to a bare loop of the same calls. */
const budget = 1.3;
const credentialCount = 200;
const DAY_MS = 86_400_000;

const { events, runs } = await readBenchNumbers(
  'bench:where',
  'Compares the search for mails with a bare loop of the same calls, over a day of events; counts the calls.',
  {
    events: { about: 'events in the day', default: 100_000, from: 1_000 },
    runs: { about: 'searches of each', default: 5, from: 1 },
  },
);

const stack = await startLocalStack({ iamLag: undefined });
try {
  const untilMs = Date.now() - 60_000;
  const sinceMs = untilMs - DAY_MS;
  const mails = await fill(stack, sinceMs);
  const mail = mails[Math.floor(mails.length / 2)] as MailHistory;
  const questions: Readonly<Record<string, FindMessagesRequest>> = {
    'message id': { messageId: mail.messageId },
    recipient: { recipient: mail.to[0], sinceMs, untilMs, limit: 1_000 },
    credential: { username: mail.username, sinceMs, untilMs, limit: 1_000 },
  };
  const deps = createLocalAdminDeps(stack.description, stack.clients);
  let isWithin = true;
  for (const [name, request] of Object.entries(questions)) {
    const own: number[] = [];
    const bare: number[] = [];
    let calls = 0;
    // A single call is too short to be measured alone.
    const repeats = request.messageId === undefined ? 1 : 30;
    const look = async () => {
      for (let count = 0; count < repeats; count += 1) calls = await search(deps, request, mail);
    };
    const lookBarely = async () => {
      for (let count = 0; count < repeats; count += 1) {
        const bareCalls = await searchBarely(stack, request, mail);
        if (bareCalls !== calls) throw new Error(`${name}: ${calls} calls, but the bare loop makes ${bareCalls}`);
      }
    };
    await look();
    await lookBarely();
    for (let round = 0; round < runs; round += 1) {
      if (round % 2 === 0) own.push(await time(look));
      bare.push(await time(lookBarely));
      if (round % 2 === 1) own.push(await time(look));
    }
    const ratio = median(own) / median(bare);
    isWithin &&= ratio <= budget;
    console.log(
      `${name.padEnd(10)}  ${String(calls).padStart(4)} calls  search ${(median(own) / repeats).toFixed(0)} ms  bare loop ${(median(bare) / repeats).toFixed(0)} ms  ratio ${ratio.toFixed(2)} (budget ${budget})`,
    );
  }
  process.exitCode = isWithin ? 0 : 1;
} finally {
  await stack.stop();
}

/** Searches to the end. @returns the calls of CloudWatch Logs */
async function search(deps: AdminDeps, request: FindMessagesRequest, mail: MailHistory) {
  const ids = new Set<string>();
  let calls = 0;
  let cursor: string | undefined;
  do {
    const found = await findMessages({ ...request, cursor }, deps);
    for (const { messageId } of found.messages) ids.add(messageId);
    calls += found.lookedAt.calls;
    // A known mail is found at once.
    cursor = request.messageId === undefined ? found.nextCursor : undefined;
  } while (cursor !== undefined);
  if (!ids.has(mail.messageId)) throw new Error('The mail was not found');
  return calls;
}

/** The same pages of the log, parsed, and the record of its sender. @returns the calls of CloudWatch Logs */
async function searchBarely({ description, clients }: OwnLocalStack, request: FindMessagesRequest, mail: MailHistory) {
  const { eventLogGroup, table } = description;
  const { pattern, sentAtMs } = readMessageQuery(request);
  const startTime = sentAtMs === undefined ? request.sinceMs : sentAtMs - 60_000;
  const endTime = sentAtMs === undefined ? request.untilMs : sentAtMs + 9 * 60_000;
  const found: unknown[] = [];
  let calls = 0;
  let nextToken: string | undefined;
  do {
    const page = await clients.logs.send(
      new FilterLogEventsCommand({
        logGroupName: eventLogGroup,
        startTime,
        endTime,
        filterPattern: pattern,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    found.push(...(page.events ?? []).map(({ message = '' }) => JSON.parse(message)));
    calls += 1;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  const names = [...new Set([...readableAttributeNames, 'previous_key'])];
  await clients.dynamodb.send(
    new GetItemCommand({
      TableName: table,
      Key: marshall({ PK: 'SMTP_USER', SK: `USER#${mail.username}` }),
      ConsistentRead: true,
      ProjectionExpression: names.map((_, index) => `#a${index}`).join(', '),
      ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#a${index}`, name])),
    }),
  );
  if (found.length === 0) throw new Error('The bare loop found nothing');
  return calls;
}

/** Mails of many credentials, evenly over the day. Each has two events. */
async function fill({ clients, description }: OwnLocalStack, sinceMs: number): Promise<readonly MailHistory[]> {
  const count = Math.floor(events / 2);
  const mails = Array.from({ length: count }, (_, number) => {
    const username = `where.${number % credentialCount}`;
    return makeMailHistory({
      kind: number % 50 === 1 ? 'bounced' : 'delivered',
      username,
      iamUserName: `ses-smtp-user-${username}-1764151200000`,
      to: [`Kim.${number}@example.org`],
      sentAtMs: sinceMs + Math.floor((number * (DAY_MS - 60_000)) / count),
      number,
    });
  });
  const stream = { logGroupName: description.eventLogGroup, logStreamName: 'bench' };
  await clients.logs.send(new CreateLogStreamCommand(stream));
  await writeMailHistories(clients.logs, stream, mails);
  const { username } = mails[Math.floor(count / 2)] as MailHistory;
  await clients.dynamodb.send(
    new PutItemCommand({
      TableName: description.table,
      Item: marshall({
        PK: 'SMTP_USER',
        SK: `USER#${username}`,
        entity_type: 'smtp_credential',
        status: 'disabled',
        disabled_at: new Date().toISOString(),
        iam_user_arn: `arn:aws:iam::${description.accountId}:user/ses-smtp/${description.region}/${description.table}/ses-smtp-user-${username}-1764151200000`,
        allowed_from_addresses: [`${username}@example.com`],
      }),
    }),
  );
  return mails;
}
