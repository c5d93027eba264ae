import { deriveSmtpPassword } from '../../credential/iam/smtp-password.ts';
import { CliError, usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';
import { findSecretFault } from './find-secret-fault.ts';

const irreversible =
  'A password can not be turned back: it is a one-way signature (HMAC-SHA256) of a fixed text with the secret access key.';

export const command = defineCommand({
  description:
    'Derives it from the secret access key on stdin, as the console of SES does. With one Region the password alone; with several, a line for each Region.',
  arguments: {},
  flags: {
    region: { value: 'REGION', isRepeatable: true, isRequired: true, summary: 'The Region of the SMTP endpoint' },
    decode: { summary: 'Not possible: a password is a one-way signature' },
  },
  examples: [
    ['sesame smtp-password --region eu-central-1 < secret', 'The password in that Region'],
    ['sesame smtp-password --region eu-central-1 --region us-east-1 < secret', 'The same key in two Regions'],
  ],
  columns: ['region', 'smtp_password'],
  async run({ flags: { region: regions, decode } }, deps, io) {
    if (decode) throw usageError(irreversible);
    const wrong = regions.find((region) => !/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region));
    if (wrong !== undefined) throw usageError(`"${wrong}" is no Region. One looks like eu-central-1.`);
    if (io.isInteractive)
      io.note('Type the secret access key, then Enter and Ctrl-D. Better: redirect it from a file or a secret store.');
    const secret = (await deps.readStdin()).replace(/\r?\n$/, '');
    const fault = findSecretFault(secret);
    if (fault !== undefined) throw new CliError('refused', 'InvalidSecretAccessKey', fault);
    const passwords = [...new Set(regions)].map((region) => ({
      region,
      smtp_password: deriveSmtpPassword(secret, region),
    }));
    const isOne = passwords.length === 1;
    const lines = passwords.map(({ region, smtp_password }) => (isOne ? smtp_password : `${region}\t${smtp_password}`));
    return { json: { passwords }, raw: `${lines.join('\n')}\n` };
  },
});
