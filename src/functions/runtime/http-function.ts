import type { ApiDeps } from '../../http/api-deps.ts';
import { createApp } from '../../http/create-app.ts';
import type { Route } from '../../http/route.ts';
import { type HttpAnswer, type HttpEvent, serveLambdaEvent } from '../../http/serve-lambda-event.ts';
import type { Observability } from '../../observability/observability.ts';
import type { Tracing } from '../../observability/tracing.ts';

/** The dependencies of a function behind API Gateway. */
export interface HttpFunctionDeps {
  readonly api: ApiDeps;
  readonly observability: Observability;
  readonly tracing: Tracing;
}

/** The handler of a function that serves these routes of the API. */
export function createHttpHandler(
  routes: readonly Route[],
  { api, observability, tracing }: HttpFunctionDeps,
): (event: HttpEvent) => Promise<HttpAnswer> {
  const serve = serveLambdaEvent(createApp(routes, api));
  return (event) =>
    tracing.run(async () => {
      const answer = await serve(event);
      observability.flush();
      return answer;
    });
}
