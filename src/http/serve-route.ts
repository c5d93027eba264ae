import type { Context } from 'hono';
import * as v from 'valibot';
import type { ApiDeps } from './api-deps.ts';
import { type ApiBindings, requesterOf } from './caller.ts';
import { type Problem, RequestError, toProblem } from './problem.ts';
import { readBody } from './read-body.ts';
import { readIfMatch } from './read-if-match.ts';
import type { Answer, ObjectSchema, Route, RouteInput } from './route.ts';

export type ApiContext = Context<{ Bindings: ApiBindings }>;

/** Serves one request: checks it against the route's schemas, runs the route, and writes the audit line. Never throws. */
export async function serveRoute(route: Route, context: ApiContext, deps: ApiDeps): Promise<Response> {
  const { caller } = context.env;
  let answer: Answer;
  let problem: Problem | undefined;
  try {
    answer = await route.handle(await readInput(route, context), deps);
  } catch (error) {
    problem = toProblem(error, caller.requestId);
    if (problem.status >= 500) deps.reportError(error, caller.requestId);
    answer = {
      status: problem.status,
      body: problem,
      ...(error instanceof RequestError ? { headers: error.headers } : {}),
    };
  }
  if (route.isAudited === true) audit(route, context, answer.status, problem?.code, deps);
  return respond(answer, problem !== undefined, caller.requestId);
}

/** Answers with a problem where no route was reached. */
export function respondProblem(error: unknown, requestId: string, headers: Record<string, string> = {}): Response {
  const problem = toProblem(error, requestId);
  return respond({ status: problem.status, body: problem, headers }, true, requestId);
}

async function readInput(route: Route, { req, env }: ApiContext): Promise<RouteInput> {
  const { caller } = env;
  return {
    params: req.param() as Record<string, string>,
    query: readQuery(route.query, req.queries()),
    body: route.body === undefined ? {} : await readTypedBody(route.body, req.raw),
    expectedRevision:
      route.ifMatch === undefined ? undefined : readIfMatch(req.header('if-match'), route.ifMatch === 'required'),
    idempotencyKey: route.hasIdempotencyKey === true ? readIdempotencyKey(req.header('idempotency-key')) : undefined,
    caller,
    requester: requesterOf(caller),
  };
}

/** A name that is given several times is a list. Unknown names are refused: a misspelt filter must not list everything. */
function readQuery(schema: ObjectSchema | undefined, given: Record<string, string[]>): Record<string, unknown> {
  const values = Object.entries(given).map(([name, all]) => [name, all.length === 1 ? all[0] : all]);
  return parse(schema ?? noQuery, Object.fromEntries(values), 'InvalidQuery', 'The query');
}

async function readTypedBody({ schema, isRequired }: NonNullable<Route['body']>, request: Request) {
  return parse(schema, await readBody(request, isRequired), 'InvalidBody', 'The body');
}

const noQuery = v.strictObject({});

function parse(schema: ObjectSchema, value: unknown, code: string, what: string): Record<string, unknown> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => {
    const attribute = v.getDotPath(issue) ?? '';
    // valibot's own words for a name that isn't known: "Expected never".
    const message = issue.expected === 'never' ? 'is unknown here. Leave it out.' : issue.message;
    return { attribute, code: 'InvalidValue', message: `${attribute === '' ? what : attribute}: ${message}` };
  });
  const detail = `${what} is not valid. ${faults.map(({ message }) => message).join(' ')}`;
  throw new RequestError(400, code, detail.slice(0, 2_000), faults.slice(0, 50));
}

function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (/^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new RequestError(400, 'InvalidIdempotencyKey', 'Idempotency-Key takes 1 to 255 visible ASCII characters.');
}

function audit(route: Route, context: ApiContext, status: number, code: string | undefined, deps: ApiDeps): void {
  const { arn, isVouched, sourceIp, requestId } = context.env.caller;
  const { username, id, address } = context.req.param() as Record<string, string | undefined>;
  const subject = username ?? id ?? address;
  deps.audit({
    request_id: requestId,
    caller: arn,
    is_vouched: isVouched,
    ...(sourceIp === undefined ? {} : { source_ip: sourceIp }),
    action: route.id,
    ...(subject === undefined ? {} : { subject }),
    ...(context.req.query('dry_run') === 'true' ? { is_dry_run: true } : {}),
    status,
    ...(code === undefined ? {} : { code }),
  });
}

function respond({ status, body, headers }: Answer, isProblem: boolean, requestId: string): Response {
  const type = isProblem ? 'application/problem+json' : 'application/json';
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Request-Id': requestId,
      'X-Sesame-Api': 'v1',
      ...headers,
    },
  });
}
