/**
 * A value of a table item as text: two texts are equal just when DynamoDB calls the values equal. Sets and maps have no order, lists have
 * one, and a number is none of the texts that look like it. An attribute that isn't there is `undefined`.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || typeof value === 'bigint' ? `number ${value}` : String(value);
  if (value instanceof Set) return `set{${[...value].map(canonicalText).sort().join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (ArrayBuffer.isView(value)) {
    return `binary ${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`;
  }
  // Numbers that JavaScript can't hold are objects of the SDK's own.
  if (Object.getPrototypeOf(value) !== Object.prototype) return `number ${String(value)}`;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .map(([name, part]) => `${JSON.stringify(name)}:${canonicalText(part)}`)
    .sort()
    .join(',')}}`;
}
