import { deriveSmtpPassword } from '../../credential/iam/smtp-password.ts';
import { checkSecretAccessKey, explainDecode } from '../../mail-client/check-secret-access-key.ts';
import { checkSmtpRegion } from '../../mail-client/smtp-regions.ts';
import { CliError, usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';

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
    if (decode) throw usageError(explainDecode());
    for (const region of regions) {
      const problem = checkSmtpRegion(region);
      if (problem?.code === 'region-syntax') throw usageError(`"${region}" is no Region. ${problem.message}`);
      // A Region may have got an endpoint after this version.
      if (problem !== undefined) io.note(`Warning: ${problem.message}`);
    }
    if (io.isInteractive)
      io.note('Type the secret access key, then Enter and Ctrl-D. Better: redirect it from a file or a secret store.');
    const secret = (await deps.readStdin()).replace(/\r?\n$/, '');
    const problem = checkSecretAccessKey(secret);
    if (problem !== undefined) throw new CliError('refused', problem.code, problem.message);
    const passwords = [...new Set(regions)].map((region) => ({
      region,
      smtp_password: deriveSmtpPassword(secret, region),
    }));
    const isOne = passwords.length === 1;
    const lines = passwords.map(({ region, smtp_password }) => (isOne ? smtp_password : `${region}\t${smtp_password}`));
    return { json: { passwords }, raw: `${lines.join('\n')}\n` };
  },
});
