import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { readArguments } from '../local/command/read-arguments.ts';
import { runCommand } from '../local/command/run-command.ts';
import { answerSchemas } from '../src/http/answer-schemas.ts';
import type { ObjectSchema, Route } from '../src/http/route.ts';
import { adminRoutes } from '../src/http/routes/admin-routes.ts';
import { revealRoutes } from '../src/http/routes/reveal.ts';
import { buildRecordSchema } from './record-docs.ts';

const root = join(import.meta.dirname, '..');
const file = join(root, 'src/http/openapi.json');
type JsonSchema = Record<string, unknown>;

/** All routes of the API. */
export const allRoutes: readonly Route[] = [...adminRoutes, ...revealRoutes];

/** Builds the OpenAPI document from the routes. */
export function buildOpenApi(): object {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const paths: Record<string, Record<string, object>> = {};
  for (const route of allRoutes) {
    paths[route.path] ??= {};
    Object.assign(paths[route.path] ?? {}, { [route.method.toLowerCase()]: describeRoute(route) });
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sesame admin API',
      version,
      summary: 'SMTP credentials for Amazon SES, as records',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: '{url}',
        description: 'The output admin_api_url of Terraform, or api.url of .sesame/local.json',
        variables: { url: { default: 'https://api.example.com' } },
      },
    ],
    security: [{ sigv4: [] }],
    tags: tagsOf(allRoutes).map((name) => ({ name, description: tagDescriptions[name] ?? name })),
    paths,
    components: {
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service execute-api',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
      schemas: {
        ...Object.fromEntries(Object.entries(answerSchemas).map(([name, schema]) => [name, convert(schema)])),
        NewCredential: newCredential(),
        CredentialChanges: changes(),
      },
    },
  };
}

const tagDescriptions: Readonly<Record<string, string>> = {
  credentials: 'SMTP credentials and what they do',
  messages: 'Mails that were sent, and what became of them',
  suppressions: "SES's suppression list of the account",
  'dead-letters': 'Work that failed and is tried again',
  'parked-messages': 'Work that waits for a person',
  deployment: 'The deployment itself',
  health: 'Whether it works',
  sweeps: 'Comparing records with IAM',
  openapi: 'This document',
};

function tagsOf(routes: readonly Route[]): string[] {
  return [...new Set(routes.map(tagOf))];
}

function tagOf({ id }: Route): string {
  return id.slice(0, id.indexOf('.'));
}

function describeRoute(route: Route): object {
  const description = [
    route.description,
    `Allowed to: ${route.sets.map((set) => set.replace('-', ' ')).join(', ')}.`,
  ].join(' ');
  return {
    operationId: route.id,
    tags: [tagOf(route)],
    summary: route.summary,
    description: description.trim(),
    parameters: [...pathParameters(route), ...queryParameters(route.query), ...headerParameters(route)],
    ...(route.body === undefined ? {} : { requestBody: describeBody(route, route.body) }),
    responses: { ...describeAnswers(route), '4XX': problemAnswer, '5XX': problemAnswer },
  };
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));
}

function queryParameters(schema: ObjectSchema | undefined): object[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = convert(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, each]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: describedValue(schema, name) ?? each,
  }));
}

/** A query holds texts only. Its values say themselves what they are read as. */
function describedValue(schema: ObjectSchema, name: string): unknown {
  const { entries } = schema as unknown as { entries: Record<string, { wrapped?: v.GenericSchema } & v.GenericSchema> };
  const value = entries[name];
  return value === undefined ? undefined : v.getMetadata(value.wrapped ?? value)['jsonSchema'];
}

function headerParameters({ ifMatch, hasIdempotencyKey }: Route): object[] {
  return [
    ...(ifMatch === undefined
      ? []
      : [
          {
            name: 'If-Match',
            in: 'header',
            required: ifMatch === 'required',
            description: 'The ETag of the version that you saw, or * for any version',
            schema: { type: 'string', pattern: '^(\\*|"[^"]*")$' },
          },
        ]),
    ...(hasIdempotencyKey === undefined
      ? []
      : [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: false,
            description: 'Chosen by the caller, anew for each request that is not a repetition',
            schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
          },
        ]),
  ];
}

function describeBody(route: Route, { schema, isRequired, isPatch }: NonNullable<Route['body']>): object {
  const known: JsonSchema =
    isPatch === true
      ? { $ref: '#/components/schemas/CredentialChanges' }
      : route.id === 'credentials.create'
        ? { $ref: '#/components/schemas/NewCredential' }
        : convert(schema);
  const types = isPatch === true ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  return { required: isRequired, content: Object.fromEntries(types.map((type) => [type, { schema: known }])) };
}

function describeAnswers({ answers }: Route): object {
  return Object.fromEntries(
    Object.entries(answers).map(([status, name]) => [
      status,
      {
        description: status === '202' ? 'Written. The system carries it out now.' : 'Done.',
        content: { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } },
      },
    ]),
  );
}

const problemAnswer = {
  description: 'A problem: RFC 9457, with a stable code',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** Texts that administrators write on a record: what they are, and their limits. */
function newCredential(): object {
  const { properties, required } = buildRecordSchema() as {
    properties: Record<string, JsonSchema>;
    required: string[];
  };
  const { requested_by: _by, requested_at: _at, ...writable } = properties;
  return {
    type: 'object',
    required: ['username', ...required.filter((name) => name !== 'status')],
    properties: { username: { type: 'string', description: 'who the credential is for' }, ...writable },
    additionalProperties: false,
  };
}

function changes(): object {
  const { properties } = newCredential() as { properties: Record<string, JsonSchema> };
  const { username: _username, ...writable } = properties;
  return {
    type: 'object',
    description: 'A JSON merge patch: null removes an attribute',
    properties: Object.fromEntries(
      Object.entries(writable).map(([name, schema]) => [name, { anyOf: [schema, { type: 'null' }] }]),
    ),
    additionalProperties: false,
  };
}

function convert(schema: Parameters<typeof toJsonSchema>[0]): JsonSchema {
  const { $schema: _schema, ...rest } = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' });
  return rest;
}

/** The file's text. */
export function renderOpenApi(): string {
  return `${JSON.stringify(buildOpenApi(), null, 2)}\n`;
}

const usage = `Usage: npm run docs:openapi

Writes src/http/openapi.json, which the API serves, from its routes.

  -h, --help      show this`;

if (import.meta.main) {
  process.exitCode = await runCommand(
    usage,
    () => readArguments(process.argv.slice(2), {}).values,
    () => {
      writeFileSync(file, renderOpenApi());
      const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
      execFileSync(process.execPath, [biome, 'format', '--write', file], { stdio: 'ignore' });
      return Promise.resolve(0);
    },
  );
}
