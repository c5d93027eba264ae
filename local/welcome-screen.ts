import type { IamLag } from './emulator/start-emulator.ts';
import type { LocalDescription } from './local-description.ts';

/** The screen that `npm start` shows when the stack is ready: what runs where, and commands to paste. */
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
  Forged senders   ${violations}
  For programs     .sesame/local.json
  For a shell      . .sesame/env (the AWS CLI then uses this stack)

Commands to paste into another terminal, in this folder. Create a credential, and wait for it:

npx --no-install sesame create john.doe --from john.doe@example.com --from '*@marketing.example.com' --wait

Send a mail with it, and look at what arrived:

npx --no-install sesame local send john.doe --from john.doe@example.com --to success@simulator.amazonses.com
npx --no-install sesame local mailbox

See how it is, and what else there is (docs/operators-day.md shows more):

npx --no-install sesame why john.doe
npx --no-install sesame --help
`;
}

function whoSees({ everybody }: IamLag): string {
  return everybody ? '' : ', but not your own';
}
