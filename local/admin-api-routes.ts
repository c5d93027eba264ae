import routeFile from '../terraform/admin-api-routes.json' with { type: 'json' };

/** A route of the admin API. Terraform and the local stack both read `terraform/admin-api-routes.json`. */
export interface AdminApiRoute {
  /** As API Gateway writes it, such as `GET /v1/credentials/{username}`. */
  readonly key: string;
  /** The function that serves it. */
  readonly functionName: string;
  /** The policies that allow it. */
  readonly sets: readonly string[];
}

const routesOfFunctions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = routeFile;

export const adminApiRoutes: readonly AdminApiRoute[] = Object.entries(routesOfFunctions).flatMap(
  ([functionName, routes]) => Object.entries(routes).map(([key, sets]) => ({ key, functionName, sets })),
);
