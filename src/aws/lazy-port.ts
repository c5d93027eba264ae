type AsyncMethods = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/**
 * A port whose adapter is loaded at its first call: few requests need the clients of all services, and loading one takes as long as many
 * calls.
 *
 * @param names the methods of the port
 */
export function lazyPort<Port extends object>(
  load: () => Promise<Port>,
  names: readonly (keyof Port & string)[],
): Port {
  let loaded: Promise<Port> | undefined;
  const methods = names.map((name) => [
    name,
    async (...args: never[]) => {
      loaded ??= load();
      return await ((await loaded) as unknown as AsyncMethods)[name]?.(...args);
    },
  ]);
  return Object.fromEntries(methods) as Port;
}
