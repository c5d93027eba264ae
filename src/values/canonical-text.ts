/**
 * Serialises a value of a table item. Two texts are equal exactly if DynamoDB considers the values equal: sets and maps
 * have no order, lists do, and a number differs from the string that looks like it. A missing attribute is `undefined`.
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
  // The SDK wraps numbers that JavaScript cannot represent in its own objects.
  if (Object.getPrototypeOf(value) !== Object.prototype) return `number ${String(value)}`;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .map(([name, part]) => `${JSON.stringify(name)}:${canonicalText(part)}`)
    .sort()
    .join(',')}}`;
}
