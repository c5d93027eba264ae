import { CliError, usageError } from '../command/cli-error.ts';
import type { GlobalFlags } from '../command/command.ts';
import type { Config } from '../command/config-store.ts';

/** What a command line, the environment and the config file mean together. */
export type Choice =
  | ({ readonly kind: 'api'; readonly url: string } & Where)
  | ({ readonly kind: 'file'; readonly path: string } & Where)
  | ({ readonly kind: 'name'; readonly name: string } & Where)
  | { readonly kind: 'local' }
  /** Nothing is named: the local stack, if one runs, else the deployment without a prefix. */
  | ({ readonly kind: 'default' } & Where);

/** Whose AWS, and which Region. */
interface Where {
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Decides which deployment is meant: flags first, then `SESAME_DEPLOYMENT`, then the one that the config file uses. A name is looked up
 * in the config file first.
 *
 * @throws CliError `UsageError` for flags that exclude each other
 */
export function chooseTarget(flags: GlobalFlags, variable: string | undefined, config: Config): Choice {
  const { api, deployment, local, region, profile } = flags;
  const where = { region, profile };
  const given = [api && '--api', deployment && '--deployment', local && '--local'].filter(Boolean);
  if (given.length > 1) throw usageError(`${given.join(' and ')} exclude each other.`);
  if (local === true) return { kind: 'local' };
  if (api !== undefined) return { kind: 'api', url: api, ...where };
  const name = deployment ?? (variable || undefined);
  if (name !== undefined) return findEntry(name, where, config) ?? readName(name, where);
  if (config.current === undefined) return { kind: 'default', ...where };
  const used = config.current === 'local' ? readName('local', where) : findEntry(config.current, where, config);
  if (used !== undefined) return used;
  throw new CliError(
    'notFound',
    'DeploymentNotFound',
    `The config file uses "${config.current}", but doesn't describe it.`,
    {
      remedy: 'Add it: sesame deployments add NAME --region REGION. Or use another: sesame deployments use NAME.',
    },
  );
}

function findEntry(name: string, { region, profile }: Where, { deployments }: Config): Choice | undefined {
  const entry = Object.hasOwn(deployments, name) ? deployments[name] : undefined;
  if (entry === undefined) return undefined;
  const where = { region: region ?? entry.region, profile: profile ?? entry.profile };
  return entry.api === undefined
    ? { kind: 'name', name: entry.prefix ?? name, ...where }
    : { kind: 'api', url: entry.api, ...where };
}

function readName(name: string, where: Where): Choice {
  if (name === 'local') return { kind: 'local' };
  return /[/\\]/.test(name) || name.endsWith('.json')
    ? { kind: 'file', path: name, ...where }
    : { kind: 'name', name, ...where };
}
