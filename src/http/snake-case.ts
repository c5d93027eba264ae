/** An object with the names of its keys as the API writes them: `quietUntil` becomes `quiet_until`. Values stay; undefined ones go. */
export function toSnakeCase(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) =>
      each === undefined ? [] : [[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), each]],
    ),
  );
}
