import { CliError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description: 'When neither a flag nor SESAME_DEPLOYMENT names another. "local" stands for the local stack.',
  arguments: { name: { summary: 'A name of your config file' } },
  flags: {},
  examples: [['sesame deployments use mail', 'From now on']],
  async run({ args: { name } }, deps) {
    const { deployments } = await deps.config.read();
    if (name !== 'local' && !Object.hasOwn(deployments, name)) {
      throw new CliError('notFound', 'DeploymentNotFound', `Your config file names no deployment "${name}".`, {
        remedy: `It names: ${Object.keys(deployments).join(', ') || 'none'}. Add it: sesame deployments add ${name} --region REGION`,
      });
    }
    await deps.config.write({ current: name, deployments });
    return { json: { current: name }, notes: [`${name} is used from now on.`] };
  },
});
