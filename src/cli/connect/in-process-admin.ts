import { createAdminDeps } from '../../admin/wire.ts';
import type { OperatorClients } from '../../aws/operator-clients.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { ApiDeps } from '../../http/api-deps.ts';
import { type Api, createApp } from '../../http/create-app.ts';
import { adminRoutes } from '../../http/routes/admin-routes.ts';
import { once } from './once.ts';

/** All routes but the one that reveals passwords. */
export function createAdminApp(deployment: Deployment, clients: OperatorClients, host: ApiDeps): Api {
  const { dynamodb, iam, lambda, logs, ses, sqs } = clients;
  const admin = createAdminDeps(deployment, {
    dynamodb,
    iam: once(iam),
    lambda: once(lambda),
    logs: once(logs),
    ses: once(ses),
    sqs: once(sqs),
  });
  return createApp(adminRoutes, { ...host, admin });
}
