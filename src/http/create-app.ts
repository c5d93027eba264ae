import { Hono } from 'hono';
import type { ApiDeps } from './api-deps.ts';
import type { ApiBindings } from './caller.ts';
import { RequestError } from './problem.ts';
import type { Route } from './route.ts';
import { respondProblem, serveRoute } from './serve-route.ts';

/** The API as a value: API Gateway's functions, the command line, the console and tests all call its `fetch(request, bindings)`. */
export type Api = Hono<{ Bindings: ApiBindings }>;

/** @param routes what this host serves; everything else is 404 */
export function createApp(routes: readonly Route[], deps: ApiDeps): Api {
  const app: Api = new Hono<{ Bindings: ApiBindings }>();
  for (const route of routes)
    app.on(route.method, toPattern(route.path), (context) => serveRoute(route, context, deps));
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map(({ method }) => method);
    app.all(toPattern(path), ({ env }) =>
      respondProblem(
        new RequestError(405, 'MethodNotAllowed', `This path takes ${allowed.join(', ')}.`),
        env.caller.requestId,
        { Allow: allowed.join(', ') },
      ),
    );
  }
  app.notFound(({ env }) =>
    respondProblem(
      new RequestError(404, 'RouteNotFound', 'There is nothing at this path. /v1/openapi.json lists all routes.'),
      env.caller.requestId,
    ),
  );
  app.onError((error, { env }) => {
    deps.reportError(error, env.caller.requestId);
    return respondProblem(error, env.caller.requestId);
  });
  return app;
}

/** Hono writes `:name`. */
function toPattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
