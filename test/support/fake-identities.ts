import type { SendingIdentities } from '../../src/credential/patterns/sending-identities.ts';

/** SES's identities in memory: by name, with their default configuration set, or `gone` since they were listed. Notes what was asked. */
export function createFakeIdentities(
  held: ReadonlyMap<string, string | undefined> = new Map(),
): SendingIdentities & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async *list() {
      yield await Promise.resolve([...held.keys()].map((name) => ({ name })));
    },
    findConfigurationSet(name) {
      asked.push(name);
      const set = held.get(name);
      if (set === 'gone') return Promise.resolve(undefined);
      return Promise.resolve(set === undefined ? 'none' : { name: set });
    },
  };
}
