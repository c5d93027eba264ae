import { usageError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description:
    'Names it in your config file. The first one is used from then on. Nothing is asked of AWS; the rest is found there later.',
  arguments: { name: { summary: 'Your name for it' } },
  flags: {
    region: { value: 'REGION', summary: 'Its AWS Region' },
    profile: { value: 'PROFILE', summary: 'The AWS profile to use with it' },
    prefix: { value: 'PREFIX', summary: 'Its name_prefix, or default for none; its name, if not given' },
    api: { value: 'URL', summary: 'Call its admin API, instead of AWS directly' },
  },
  examples: [
    [
      'sesame deployments add mail --region eu-central-1 --profile mail-operator',
      'The deployment with name_prefix "mail-"',
    ],
    ['sesame deployments add prod --region us-east-1 --prefix default', 'The one without a prefix'],
  ],
  async run({ args: { name }, flags: { region, profile, prefix, api } }, deps) {
    if (region === undefined && api === undefined) throw usageError('Missing: --region REGION, or --api URL.');
    if (name === 'local' || !/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) {
      throw usageError(`"${name}" can't be the name of a deployment: letters, digits and . _ - only, and not "local".`);
    }
    const config = await deps.config.read();
    const given = { region, profile, prefix, api };
    const entry = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const current = config.current ?? name;
    await deps.config.write({ current, deployments: { ...config.deployments, [name]: entry } });
    return {
      json: { name, ...entry, is_current: current === name },
      fields: [['name', name], ...Object.entries(entry)],
      notes: [current === name ? `${name} is used from now on.` : `Use it with: sesame deployments use ${name}`],
    };
  },
});
