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
