import type { IamLag } from './emulator/start-emulator.ts';
import type { LocalDescription } from './local-description.ts';

/** The screen that `npm start` shows when the stack is ready: what runs where, and three lines to paste. */
export function welcomeScreen(
  description: LocalDescription,
  about: {
    seconds: number;
    stateFolder: string | undefined;
    fast: boolean;
    suspendAfter: number | undefined;
    iamLag: IamLag | undefined;
    chaos: boolean;
  },
): string {
  const { seconds, stateFolder, fast, suspendAfter, iamLag, chaos } = about;
  const { smtp, endpoint, table } = description;
  const state = stateFolder ? `, state kept in ${stateFolder}` : '';
  const time = fast ? '\n  Time             fast: a day of rotation passes in a second' : '';
  const lag = iamLag ? `\n  IAM              lags: reads are up to ${iamLag.seconds} s old${whoSees(iamLag)}` : '';
  const trouble = chaos ? '\n  Trouble          --chaos: every fifth mail meets trouble, see docs/local-stack.md' : '';
  const violations = suspendAfter ? `suspends after ${suspendAfter}` : 'reported; --suspend-after N suspends';
  return `
Sesame is ready after ${seconds.toFixed(1)} s. Ctrl-C stops it.

  AWS emulator     ${endpoint}, table ${table}${state}${time}${lag}
  Admin API        ${description.api.url}
  SMTP, STARTTLS   ${smtp.host}:${smtp.startTlsPort}
  SMTP over TLS    ${smtp.host}:${smtp.tlsPort}${trouble}
  Certificates     ${smtp.caFile}
  Mails received   ${description.mailbox}
  Functions' logs  ${description.logs.functions}
  SMTP log         ${description.logs.mail} (says which address a 554 is about)
  Counters         npm run --silent stats -- NAME
  Forged senders   ${violations}
  For programs     .sesame/local.json
  For a shell      . .sesame/env (the AWS CLI then uses this stack)

Three lines to paste into another terminal. Insert a record:

${insertLine(description)}

Read it:

${readLine(description)}

Send a mail with its credential:

${sendLine(description)}
`;
}

function whoSees({ everybody }: IamLag): string {
  return everybody ? '' : ', but not your own';
}

const key = `'{"PK":{"S":"SMTP_USER"},"SK":{"S":"USER#john.doe"}}'`;
const sender = 'john.doe@example.com';
const recipient = 'success@simulator.amazonses.com';

function awsCommand({ endpoint, region, credentials }: LocalDescription): string {
  const { accessKeyId, secretAccessKey } = credentials;
  const environment = `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey} AWS_DEFAULT_REGION=${region}`;
  return `${environment} aws --endpoint-url ${endpoint}`;
}

function insertLine(description: LocalDescription): string {
  const item = JSON.stringify({
    PK: { S: 'SMTP_USER' },
    SK: { S: 'USER#john.doe' },
    status: { S: 'pending' },
    description: { S: 'John Doe email access' },
    allowed_from_addresses: { L: [{ S: sender }, { S: '*@marketing.example.com' }] },
    entity_type: { S: 'smtp_credential' },
  });
  return `${awsCommand(description)} dynamodb put-item --table-name ${description.table} --item '${item}'`;
}

function readLine(description: LocalDescription): string {
  return `${awsCommand(description)} dynamodb get-item --table-name ${description.table} --key ${key}`;
}

/** Runs in a subshell, so that no password stays in a variable of the user's shell. */
function sendLine(description: LocalDescription): string {
  const { table, smtp, mailbox } = description;
  const context = `table=${table},username=john.doe,access_key_id=$KEY`;
  const parts = [
    `local_aws() { ${awsCommand(description)} --output text "$@"; }`,
    `read -r KEY SECRET < <(local_aws dynamodb get-item --table-name ${table} --key ${key} --query 'Item.[access_key_id.S,encrypted_password.S]')`,
    `PASSWORD=$(base64 -d <<<"$SECRET" | local_aws kms decrypt --ciphertext-blob fileb:///dev/stdin --encryption-context "${context}" --query Plaintext | base64 -d)`,
    `printf 'From: ${sender}\\nTo: ${recipient}\\nSubject: Hello\\n\\nHello\\n' | curl -sS --ssl-reqd --cacert '${smtp.caFile}' smtp://${smtp.host}:${smtp.startTlsPort} --netrc-file <(printf 'machine ${smtp.host} login %s password %s\\n' "$KEY" "$PASSWORD") --mail-from ${sender} --mail-rcpt ${recipient} --upload-file - && curl -sS ${mailbox}`,
  ];
  return `(${parts.join('; ')})`;
}
