import { RequestError } from './problem.ts';

/** The largest body, in bytes. A record holds at most 400 KB, and no spec needs a tenth of that. */
const maxBytes = 128 * 1024;
/** The deepest nesting. A record's spec has two levels. */
const maxDepth = 16;
const contentTypes = /^application\/(json|merge-patch\+json)\s*(;|$)/i;

/**
 * Reads a JSON object. An absent body is an empty object.
 *
 * @throws RequestError 400, 413, 415
 */
export async function readBody(request: Request, isRequired: boolean): Promise<Readonly<Record<string, unknown>>> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > maxBytes) throw tooLarge();
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.byteLength > maxBytes) throw tooLarge();
  if (bytes.byteLength === 0) {
    if (isRequired) throw new RequestError(400, 'BodyMissing', 'The request needs a body: a JSON object.');
    return {};
  }
  if (!contentTypes.test(request.headers.get('content-type') ?? '')) {
    throw new RequestError(415, 'NotJson', 'The body must be JSON, and Content-Type must say so: application/json.');
  }
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RequestError(400, 'NotAnObject', 'The body must be a JSON object.');
  }
  requireHarmless(value, 1);
  return value as Readonly<Record<string, unknown>>;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new RequestError(400, 'InvalidJson', 'The body is not valid JSON in UTF-8.');
  }
}

/** The JSON libraries drop these names in silence. Nobody means them well. */
const droppedNames = ['__proto__', 'constructor', 'prototype'];

/** DynamoDB has no half characters, and what is nested too deeply has no meaning here. */
function requireHarmless(value: unknown, depth: number): void {
  if (depth > maxDepth) throw new RequestError(400, 'TooDeep', `The body is nested more than ${maxDepth} levels deep.`);
  if (typeof value === 'string') {
    // A lone surrogate: toWellFormed replaces it.
    if (Buffer.from(value).toString() !== value) {
      throw new RequestError(400, 'InvalidText', 'A text of the body is not valid Unicode.');
    }
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, each] of Object.entries(value)) {
    // Further in, only __proto__ is dropped: a label may be called constructor.
    if (depth === 1 ? droppedNames.includes(name) : name === '__proto__') {
      throw new RequestError(400, 'InvalidName', `No attribute is called ${name}.`);
    }
    requireHarmless(name, depth);
    requireHarmless(each, depth + 1);
  }
}

function tooLarge(): RequestError {
  return new RequestError(413, 'BodyTooLarge', `The body is larger than ${maxBytes} bytes.`);
}
