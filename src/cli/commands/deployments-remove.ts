import { CliError } from '../command/cli-error.ts';
import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description: 'From your config file only. The deployment itself stays as it is.',
  arguments: { name: { summary: 'A name of your config file' } },
  flags: {},
  examples: [['sesame deployments remove mail', 'Forget it']],
  async run({ args: { name } }, deps) {
    const { current, deployments } = await deps.config.read();
    if (!Object.hasOwn(deployments, name)) {
      throw new CliError('notFound', 'DeploymentNotFound', `Your config file names no deployment "${name}".`);
    }
    const { [name]: _, ...others } = deployments;
    await deps.config.write({
      ...(current === name || current === undefined ? {} : { current }),
      deployments: others,
    });
    return { json: { removed: name }, notes: [`${name} is no longer in ${deps.config.path}.`] };
  },
});
