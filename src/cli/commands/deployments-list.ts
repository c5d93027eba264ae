import { defineCommand } from '../command/command.ts';

export const command = defineCommand({
  description: 'Those of your config file, and the local stack if one runs here.',
  arguments: {},
  flags: {},
  examples: [['sesame deployments list', 'Which one is used']],
  columns: ['used', 'name', 'region', 'profile', 'prefix', 'api'],
  async run(_input, deps) {
    const { current, deployments } = await deps.config.read();
    const local = await deps.localStack();
    const named = Object.entries(deployments).map(([name, entry]) => ({
      name,
      ...entry,
      is_current: name === current,
    }));
    const running =
      local === undefined
        ? []
        : [{ name: 'local', region: local.region, is_current: current === undefined || current === 'local' }];
    const all: readonly DeploymentLine[] = [...named, ...running];
    return {
      json: { deployments: all },
      rows: all.map(({ is_current: isCurrent, ...entry }) => ({ used: isCurrent ? '*' : '', ...entry })),
      notes: all.length === 0 ? ['None. Add one: sesame deployments add NAME --region REGION'] : [],
    };
  },
});

interface DeploymentLine {
  readonly name: string;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly prefix?: string | undefined;
  readonly api?: string | undefined;
  readonly is_current: boolean;
}
