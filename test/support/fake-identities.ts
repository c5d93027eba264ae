import type { SendingIdentities } from '../../src/credential/patterns/sending-identities.ts';

/** SES identities in memory, by name: their default configuration set, or `gone` if deleted after the list. Records the reads. */
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
