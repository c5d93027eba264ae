import { readRecord } from '../src/credential/record/record.ts';
import { countFeedback } from '../src/mail-events/feedback.ts';
import { judgeSender } from '../src/mail-events/sender-verdict.ts';
import { readSesEvent } from '../src/mail-events/ses-event.ts';
import { inSns, sesEvents, sesMail } from '../test/support/ses-events.ts';
import { median } from './support/figures.ts';
import { readBenchNumbers } from './support/read-bench-numbers.ts';

/** The minimum of verdicts per second on one core, from the text of an SQS message to the verdict. */
const required = 20_000;

const { runs, credentials } = await readBenchNumbers(
  'bench:verdicts',
  'Measures verdicts over senders: from the text of an SQS message to the verdict.',
  {
    runs: { about: 'runs, of which the median counts', default: 7, from: 3 },
    credentials: { about: 'credentials that send', default: 50, from: 1 },
  },
);

const nameOf = (index: number) => `ses-smtp-user-user-${index}-1764000000000`;

/** Each record has ten patterns; the mails match the last one. */
const records = new Map(
  Array.from({ length: credentials }, (_, index) => {
    const patterns = Array.from({ length: 9 }, (__, number) => `name-${number}@d${index}.example.com`);
    const item = {
      status: 'active',
      allowed_from_addresses: [...patterns, `*@zone.d${index}.example.com`],
      iam_user_arn: `arn:aws:iam::123456789012:user/ses-smtp/eu-west-1/mail/${nameOf(index)}`,
      updated_at: '2026-01-01T00:00:00.000Z',
    };
    return [nameOf(index), readRecord(`user-${index}`, item)] as const;
  }),
);

/** One mail in twenty has a sender that isn't allowed. */
const bodies = Array.from({ length: 2000 }, (_, index) => {
  const credential = index % credentials;
  const sender = index % 20 === 0 ? `other@d${credential}.example.net` : `anybody@zone.d${credential}.example.com`;
  const mail = sesMail({
    source: sender,
    messageId: `0102019aexample-${index}`,
    headers: [
      {
        name: 'Received',
        value: 'from client.example.net (client.example.net [192.0.2.7]) by email-smtp.amazonaws.com',
      },
      { name: 'From', value: `"Somebody, at Work" <${sender}>` },
      { name: 'To', value: 'kim@example.org' },
      { name: 'Subject', value: 'Numbers of this week' },
      { name: 'Message-ID', value: `<${index}@client.example.net>` },
      { name: 'MIME-Version', value: '1.0' },
      { name: 'Content-Type', value: 'multipart/alternative; boundary="----=_Part_1"' },
    ],
    tags: {
      'ses:caller-identity': [nameOf(credential)],
      'ses:configuration-set': ['mail'],
      'ses:source-ip': ['192.0.2.7'],
    },
  });
  return JSON.stringify(inSns(sesEvents(mail)['Send']));
});

let violations = 0;
const rates = Array.from({ length: runs }, () => {
  violations = 0;
  const began = performance.now();
  for (let round = 0; round < 10; round += 1) for (const body of bodies) judge(body);
  return Math.round((10 * bodies.length * 1000) / (performance.now() - began));
});
if (violations !== bodies.length / 2) throw new Error(`found ${violations} violations instead of ${bodies.length / 2}`);

const rate = median(rates);
const size = Math.round(bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0) / bodies.length);
console.log(
  `Verdicts on one core, from the text of an SQS message (${size} bytes, ${credentials} credentials of 10 patterns):`,
);
console.log(
  `  ${rate.toLocaleString('en')} a second (median of ${runs} runs: ${rates.map((each) => each.toLocaleString('en')).join(' ')})`,
);
console.log(`  required: ${required.toLocaleString('en')}  ${rate >= required ? 'reached' : 'MISSED'}`);
process.exitCode = rate >= required ? 0 : 1;

function judge(body: string): void {
  const read = readSesEvent(body);
  if (read.result !== 'event') throw new Error(read.result);
  const verdict = judgeSender(read.event, records.get(read.event.callerIdentity ?? ''));
  if (verdict.verdict === 'violation') violations += 1;
  if (countFeedback(read.event) === undefined) throw new Error('a Send counts');
}
