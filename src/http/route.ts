import type * as v from 'valibot';
import type { Requester } from '../admin/write-credential.ts';
import type { ApiDeps } from './api-deps.ts';
import type { Caller } from './caller.ts';

/** Who may call a route: the policies that Terraform makes for people and programs. */
export type RouteSet = 'viewer' | 'operator' | 'secret-reader';

export type ObjectSchema = v.GenericSchema<unknown, Readonly<Record<string, unknown>>>;

/** What a route gets. Everything has been checked against the route's schemas. */
export interface RouteInput<Query = Readonly<Record<string, unknown>>, Body = Readonly<Record<string, unknown>>> {
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** What `If-Match` names; undefined for `*`, or without the header. */
  readonly expectedRevision: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly caller: Caller;
  /** Who asks, for what the route writes. */
  readonly requester: Requester;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route as data: what serves requests, the OpenAPI document, and the policies all come from it. */
export interface Route {
  /** Such as `credentials.list`; also the action of audit lines. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With `{name}` for what differs. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly sets: readonly RouteSet[];
  readonly query?: ObjectSchema;
  /** `record`: attributes of a record, which the use case checks as well. */
  readonly body?: { readonly schema: ObjectSchema; readonly isRequired: boolean; readonly isPatch?: true };
  /** `required`: 428 without it. */
  readonly ifMatch?: 'required' | 'optional';
  readonly hasIdempotencyKey?: true;
  /** Writes an audit line. */
  readonly isAudited?: true;
  /** The name of the answer's schema in the OpenAPI document, by status. */
  readonly answers: Readonly<Record<number, string>>;
  readonly handle: (input: RouteInput, deps: ApiDeps) => Promise<Answer> | Answer;
}

/** A route whose handler knows the types of its query and body. */
export function defineRoute<Query extends ObjectSchema, Body extends ObjectSchema>(
  route: Omit<Route, 'handle' | 'query' | 'body'> & {
    readonly query?: Query;
    readonly body?: { readonly schema: Body; readonly isRequired: boolean; readonly isPatch?: true };
    readonly handle: (
      input: RouteInput<v.InferOutput<Query>, v.InferOutput<Body>>,
      deps: ApiDeps,
    ) => Promise<Answer> | Answer;
  },
): Route {
  return route as unknown as Route;
}
