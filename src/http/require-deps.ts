import type { ApiDeps } from './api-deps.ts';
import { RequestError } from './problem.ts';

/** A dependency that this host may lack. @throws RequestError 404 */
export function need<Name extends 'admin' | 'reveal' | 'deployment'>(
  deps: ApiDeps,
  name: Name,
): NonNullable<ApiDeps[Name]> {
  const dep = deps[name];
  if (dep === undefined) throw new RequestError(404, 'RouteNotFound', 'This host does not serve the route.');
  return dep as NonNullable<ApiDeps[Name]>;
}
