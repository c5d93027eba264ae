import { adminApiRoutes } from '../../local/admin-api-routes.ts';
import type { LocalDescription } from '../../local/local-description.ts';

/** The policy of a route set, as terraform/modules/admin-api has it; terraform-plan.test.ts compares them. */
export function adminApiPolicy(set: string, apiArn: string) {
  const endingOf = (key: string) => key.replace(' ', '').replaceAll(/\{\w+\}/g, '*');
  const allowed = adminApiRoutes.filter(({ sets }) => sets.includes(set)).map(({ key }) => endingOf(key));
  // In an ARN, "*" spans slashes.
  const patterns = allowed.map((each) => new RegExp(`^${each.replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
  const below = adminApiRoutes
    .map(({ key }) => endingOf(key))
    .filter((ending) => !allowed.includes(ending) && patterns.some((pattern) => pattern.test(ending)));
  const statement = (Sid: string, Effect: string, endings: readonly string[]) => ({
    Sid,
    Effect,
    Action: 'execute-api:Invoke',
    Resource: endings.map((ending) => `${apiArn}/$default/${ending}`),
  });
  return {
    Version: '2012-10-17',
    Statement: [
      statement('CallTheAdminApi', 'Allow', allowed),
      ...(below.length === 0 ? [] : [statement('NotTheRoutesBelow', 'Deny', below)]),
    ],
  };
}

/** The ARN of a local stack's API. */
export function adminApiArn({ partition, region, accountId, api }: LocalDescription): string {
  const id = new URL(api.url).pathname.split('/')[2] ?? '';
  return `arn:${partition}:execute-api:${region}:${accountId}:${id}`;
}
