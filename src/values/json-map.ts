/** A JSON object that is not validated yet. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** Undefined if the text is not JSON, or not an object. */
export function parseMap(text: string): JsonMap | undefined {
  try {
    return asMap(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function asMap(value: unknown): JsonMap | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonMap) : undefined;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A list, or a single value in its place; empty when there is none. */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** A field of an object. Its name in other case is taken as well, where only one field fits. */
export function field(map: JsonMap | undefined, name: string): unknown {
  if (map === undefined) return undefined;
  if (Object.hasOwn(map, name)) return map[name];
  const [first, ...others] = Object.keys(map).filter((key) => key.toLowerCase() === name.toLowerCase());
  return first === undefined || others.length > 0 ? undefined : map[first];
}
