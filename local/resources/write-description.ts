import { PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Deployment } from '../../src/deployment/deployment.ts';
import { deploymentParameterName } from '../../src/deployment/deployment-name.ts';

/** Writes the deployment's description to the SSM parameter that Terraform writes on AWS (terraform/deployment.tf). */
export async function writeDescription(ssm: SSMClient, deployment: Deployment): Promise<void> {
  await ssm.send(
    new PutParameterCommand({
      Name: deploymentParameterName(deployment.namePrefix),
      Type: 'String',
      Value: JSON.stringify(deployment),
      Overwrite: true,
    }),
  );
}
