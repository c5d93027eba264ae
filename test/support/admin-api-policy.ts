import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import type { LocalDescription } from '../../local/local-description.ts';

/** The policy of a route set, as terraform/modules/admin-api has it; terraform-plan.test.ts compares them. */
export function adminApiPolicy(set: string, apiArn: string) {
  const endings = adminApiRoutes
    .filter(({ sets }) => sets.includes(set))
    .map(({ key }) => key.replace(' ', '').replaceAll(/\{\w+\}/g, '*'));
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'CallTheAdminApi',
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: endings.map((ending) => `${apiArn}/$default/${ending}`),
      },
    ],
  };
}

/** The ARN of a local stack's API. */
export function adminApiArn({ partition, region, accountId, api }: LocalDescription): string {
  const id = new URL(api.url).pathname.split('/')[2] ?? '';
  return `arn:${partition}:execute-api:${region}:${accountId}:${id}`;
}
