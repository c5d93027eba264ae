import { SesameError } from '../credential/errors.ts';
import { type Deployment, parseDeployment } from './deployment.ts';
import { deploymentParameterName, namePrefixOf } from './deployment-name.ts';
import type { DeploymentSources } from './deployment-sources.ts';

/** Which deployment is meant. */
export interface DeploymentRequest {
  /** Path of a description. */
  readonly file?: string | undefined;
  /** A deployment of the caller's account and Region: its name prefix, with or without the dash, or `default`. */
  readonly name?: string | undefined;
  /** What the environment says (`SESAME_DEPLOYMENT`): a path, if it has a slash or ends in `.json`; a name otherwise. */
  readonly variable?: string | undefined;
}

/** A description, and where it was found. */
export interface FoundDeployment {
  readonly deployment: Deployment;
  readonly source: 'file' | 'parameter' | 'local-stack';
  /** The path, or the parameter's name. */
  readonly location: string;
}

/**
 * Finds a deployment: what the caller names, else what the environment names, else the local stack that runs, else the caller's
 * account's deployment without a prefix. What is named and isn't there is an error; nothing else is looked at then.
 *
 * @throws SesameError, permanent: `DeploymentNotFound`, `InvalidDeployment`, `InvalidDeploymentName`, `AmbiguousDeployment`; or what
 *   a source throws
 */
export async function findDeployment(request: DeploymentRequest, sources: DeploymentSources): Promise<FoundDeployment> {
  const { file, name, variable } = request;
  if (file !== undefined && name !== undefined) {
    throw new SesameError(
      'AmbiguousDeployment',
      'permanent',
      'Name a deployment by its file or by its name, not both.',
    );
  }
  if (file !== undefined) return await readFromFile(file, sources);
  if (name !== undefined) return await readFromParameter(name, sources);
  if (variable !== undefined && variable !== '') {
    return isPath(variable) ? await readFromFile(variable, sources) : await readFromParameter(variable, sources);
  }
  const local = await sources.findLocalStack();
  if (local !== undefined) return { ...(await readFromFile(local, sources)), source: 'local-stack' };
  return await readFromParameter('default', sources, 'No deployment is named, and no local stack runs here. ');
}

function isPath(value: string): boolean {
  return /[/\\]/.test(value) || value.endsWith('.json');
}

async function readFromFile(path: string, sources: DeploymentSources): Promise<FoundDeployment> {
  const json = await sources.readFile(path);
  if (json === undefined) {
    throw notFound(`There is no file ${path}. Terraform writes one: terraform output -raw deployment > sesame.json`);
  }
  return { deployment: parseDeployment(json, path), source: 'file', location: path };
}

async function readFromParameter(name: string, sources: DeploymentSources, why = ''): Promise<FoundDeployment> {
  const location = deploymentParameterName(namePrefixOf(name));
  const json = await sources.readParameter(location);
  if (json === undefined) {
    throw notFound(
      `${why}There is no SSM parameter ${location} in this account and Region. Check the deployment's name (its name_prefix), and the AWS profile and Region of this call.`,
    );
  }
  return { deployment: parseDeployment(json, `The SSM parameter ${location}`), source: 'parameter', location };
}

function notFound(message: string): SesameError {
  return new SesameError('DeploymentNotFound', 'permanent', message);
}
