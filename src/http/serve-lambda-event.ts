import type { Hono } from 'hono';
import { handle, type LambdaEvent } from 'hono/aws-lambda';
import type { Caller } from './caller.ts';
import type { Api } from './create-app.ts';
import { RequestError } from './problem.ts';
import { respondProblem } from './serve-route.ts';

type LambdaHandler = ReturnType<typeof handle>;
export type HttpEvent = Extract<LambdaEvent, { rawPath: string }>;
export type HttpAnswer = Awaited<ReturnType<LambdaHandler>>;

/** Serves events of an API Gateway HTTP API (payload 2.0). The caller is who API Gateway says it is. */
export function serveLambdaEvent(app: Api): (event: HttpEvent) => Promise<HttpAnswer> {
  const host = {
    fetch(request: Request, { event }: { event: HttpEvent }) {
      const caller = callerOf(event);
      if (caller !== undefined) return app.fetch(request, { caller });
      // No route is without IAM authorisation. This is for a route that somebody adds by hand.
      const error = new RequestError(
        403,
        'CallerUnknown',
        'API Gateway names no IAM caller. Sign the request (SigV4).',
      );
      return respondProblem(error, event.requestContext.requestId);
    },
  };
  const serve = handle(host as unknown as Hono);
  return async (event) => await serve({ ...event, rawPath: encodePath(event.rawPath) });
}

/**
 * API Gateway has decoded the path, except for `%25`. In a URL, `jane#old` would be the path of `jane`.
 *
 * @returns the path as a client writes it
 */
function encodePath(rawPath: string): string {
  return rawPath.replace(/[^/%]+/g, encodeURIComponent);
}

function callerOf({ requestContext }: HttpEvent): Caller | undefined {
  const { authorizer, http, requestId } = requestContext;
  const arn = authorizer?.iam?.userArn;
  if (typeof arn !== 'string' || arn === '') return undefined;
  return { arn, isVouched: true, sourceIp: http.sourceIp, requestId };
}
