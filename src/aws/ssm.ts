import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DeploymentSources } from '../deployment/deployment-sources.ts';
import { awsErrorName, toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createSsmClient(): SSMClient {
  return new SSMClient(clientSettings);
}

/** Descriptions of deployments as Terraform writes them, each in an SSM parameter. */
export function createDeploymentParameters(client: () => SSMClient): Pick<DeploymentSources, 'readParameter'> {
  return {
    async readParameter(name) {
      try {
        const answer = await client().send(new GetParameterCommand({ Name: name }));
        return answer.Parameter?.Value;
      } catch (error) {
        if (awsErrorName(error) === 'ParameterNotFound') return undefined;
        throw toAwsProblem('ssm:GetParameter', error);
      }
    },
  };
}
