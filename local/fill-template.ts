/**
 * Fills a text as Terraform's templatefile() and templatestring() do: `${name}` becomes the value of that name.
 *
 * @param write turns a value into text
 * @throws Error when a value is missing.
 */
export function fillTemplate<Value>(
  template: string,
  values: Readonly<Record<string, Value>>,
  write: (value: Value) => string,
): string {
  return template.replace(/\$\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`A template names "${name}", for which there is no value.`);
    return write(value);
  });
}
