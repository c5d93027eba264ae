import { SesameError } from '../credential/errors.ts';

/** The name of a deployment that has no name prefix. */
const nameOfNoPrefix = 'default';

/**
 * The name prefix that a person means: `mail` and `mail-` are the deployment with `name_prefix = "mail-"`, `default` is the one
 * without.
 *
 * @throws SesameError `InvalidDeploymentName`, permanent
 */
export function namePrefixOf(name: string): string {
  if (name === nameOfNoPrefix) return '';
  const prefix = name.endsWith('-') ? name : `${name}-`;
  if (/^[a-z][a-z0-9-]{0,18}-$/.test(prefix)) return prefix;
  throw new SesameError(
    'InvalidDeploymentName',
    'permanent',
    `"${name}" is no name of a deployment. Write its name_prefix, such as "mail-", or "${nameOfNoPrefix}" for the one without.`,
  );
}

/**
 * The SSM parameter that Terraform writes the description to. Two deployments of one account have two prefixes, so they have two
 * parameters.
 */
export function deploymentParameterName(namePrefix: string): string {
  return namePrefix === '' ? '/sesame/deployment' : `/sesame/${namePrefix.slice(0, -1)}/deployment`;
}
