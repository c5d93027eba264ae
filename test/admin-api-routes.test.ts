import { expect, it } from 'vitest';
import { adminApiRoutes } from '../local/admin-api-routes.ts';
import { adminRoutes } from '../src/http/routes/admin-routes.ts';
import { revealRoutes } from '../src/http/routes/reveal.ts';

/** Terraform and the local stack read terraform/admin-api-routes.json; the app has its own list. */
it.each([
  ['smtp-admin-api', adminRoutes],
  ['smtp-password-reveal', revealRoutes],
])('API Gateway has exactly the routes of %s, for the same people', (name, routes) => {
  const served = routes.map(({ method, path, sets }) => ({ key: `${method} ${path}`, sets: [...sets].sort() }));
  const deployed = adminApiRoutes
    .filter(({ functionName }) => functionName === name)
    .map(({ key, sets }) => ({ key, sets: [...sets].sort() }));
  const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);
  expect(deployed.toSorted(byKey)).toEqual(served.toSorted(byKey));
  expect(deployed.length).toBeGreaterThan(0);
});

it('only the secret reader reaches the function that decrypts', () => {
  const reaching = adminApiRoutes.filter(({ functionName }) => functionName === 'smtp-password-reveal');
  expect(reaching.map(({ sets }) => sets)).toEqual([['secret-reader']]);
});
