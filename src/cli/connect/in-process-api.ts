import { randomUUID } from 'node:crypto';
import type { OperatorClients } from '../../aws/operator-clients.ts';
import type { Deployment } from '../../deployment/deployment.ts';
import type { ApiDeps } from '../../http/api-deps.ts';
import type { Api } from '../../http/create-app.ts';
import { type ApiClient, queryText } from '../command/api-client.ts';
import { once } from './once.ts';
import { readResponse } from './read-response.ts';

/**
 * The admin API in this process, with the caller's own AWS credentials. CloudTrail has the record of what they did; the API's audit lines
 * would only repeat it.
 */
export function createInProcessApi(deployment: Deployment, clients: OperatorClients): ApiClient {
  const callerArn = once(clients.readCallerArn);
  const host: ApiDeps = {
    deployment: async () => deployment,
    audit: () => {},
    reportError: () => {},
  };
  const admin = once(async () => (await import('./in-process-admin.ts')).createAdminApp(deployment, clients, host));
  const reveal = once(async () => (await import('./in-process-reveal.ts')).createRevealApp(deployment, clients, host));
  return {
    async request(method, path, { query, body, headers = {} } = {}) {
      const app: Api = await (method === 'POST' && path.endsWith('/reveal') ? reveal() : admin());
      const request = new Request(`http://sesame.local${path}${queryText(query)}`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      // Reading writes nobody's name anywhere.
      const arn = method === 'GET' ? 'reader' : await callerArn();
      const caller = { arn, isVouched: false, requestId: randomUUID() };
      return await readResponse(await app.fetch(request, { caller }));
    },
  };
}
