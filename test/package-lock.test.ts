import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface LockedPackage {
  readonly link?: boolean;
  readonly integrity?: string;
}

/** npm writes none for optional packages of other platforms when it finds an existing node_modules folder. */
it('the lock file has the digest of every package, of all platforms', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const names = Object.keys(packages).filter((name) => name !== '');
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(packages[name]?.integrity ?? ''))).toEqual([]);
});
