import { createHash } from 'node:crypto';
import {
  type ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
} from '@aws-sdk/client-apigatewayv2';
import { adminApiRoutes } from '../admin-api-routes.ts';
import type { LocalDeployment } from '../local-deployment.ts';
import { unlessThere } from './unless-there.ts';

/**
 * Creates the HTTP API as terraform/modules/admin-api does: the same routes, all with IAM authorisation. It is made anew on each start,
 * because its routes may have changed, and keeps its id.
 */
export async function createAdminApi(
  client: ApiGatewayV2Client,
  deployment: LocalDeployment,
  endpoint: string,
): Promise<{ url: string }> {
  const ApiId = adminApiIdOf(deployment);
  await unlessThere(client.send(new DeleteApiCommand({ ApiId })), 'NotFoundException');
  await client.send(
    new CreateApiCommand({
      Name: `${deployment.namePrefix}smtp-admin-api`,
      ProtocolType: 'HTTP',
      // MiniStack's own tag: the id to give it.
      Tags: { 'ms-custom-id': ApiId },
    }),
  );
  const functionNames = [...new Set(adminApiRoutes.map(({ functionName }) => functionName))];
  const integrations = new Map(
    await Promise.all(
      functionNames.map(async (name) => [name, await createIntegration(client, ApiId, deployment, name)] as const),
    ),
  );
  for (const { key, functionName } of adminApiRoutes) {
    const Target = `integrations/${integrations.get(functionName)}`;
    await client.send(new CreateRouteCommand({ ApiId, RouteKey: key, AuthorizationType: 'AWS_IAM', Target }));
  }
  await client.send(new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true }));
  return { url: `${endpoint}/restapis/${ApiId}/$default/_user_request_` };
}

/** The API's id: the same on every start, and another for each deployment of the account. */
export function adminApiIdOf({ namePrefix, region, table }: LocalDeployment): string {
  return createHash('sha256').update(`${namePrefix} ${region} ${table}`).digest('hex').slice(0, 8);
}

async function createIntegration(
  client: ApiGatewayV2Client,
  ApiId: string,
  { partition, region, accountId, namePrefix }: LocalDeployment,
  functionName: string,
): Promise<string> {
  const { IntegrationId = '' } = await client.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: `arn:${partition}:lambda:${region}:${accountId}:function:${namePrefix}${functionName}`,
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 30_000,
    }),
  );
  return IntegrationId;
}
