import { describe, expect, it } from 'vitest';
import { sampleDeployment } from '../../test/support/sample-deployment.ts';
import { deploymentParameterName, namePrefixOf } from './deployment-name.ts';
import type { DeploymentSources } from './deployment-sources.ts';
import { findDeployment } from './find-deployment.ts';

const describeTable = (table: string) => JSON.stringify({ ...sampleDeployment, table });

/** Files, parameters and a local stack, each with a table of its own. */
function sources(options: { readonly local?: boolean } = {}): DeploymentSources {
  const files = new Map([
    ['other/sesame.json', describeTable('of-file')],
    ['/home/me/.sesame/local.json', describeTable('of-local-stack')],
  ]);
  const parameters = new Map([
    ['/sesame/deployment', describeTable('of-default')],
    ['/sesame/mail/deployment', describeTable('of-mail')],
  ]);
  return {
    readFile: async (path) => files.get(path),
    readParameter: async (name) => parameters.get(name),
    findLocalStack: async () => (options.local ? '/home/me/.sesame/local.json' : undefined),
  };
}

describe('findDeployment', () => {
  it.each([
    [{ file: 'other/sesame.json', variable: 'mail' }, 'of-file', 'file'],
    [{ name: 'mail', variable: 'other/sesame.json' }, 'of-mail', 'parameter'],
    [{ name: 'mail-' }, 'of-mail', 'parameter'],
    [{ name: 'default', variable: 'mail' }, 'of-default', 'parameter'],
    [{ variable: 'mail' }, 'of-mail', 'parameter'],
    [{ variable: 'other/sesame.json' }, 'of-file', 'file'],
    [{ variable: '' }, 'of-local-stack', 'local-stack'],
    [{}, 'of-local-stack', 'local-stack'],
  ])('finds what %j means', async (request, table, source) => {
    const found = await findDeployment(request, sources({ local: true }));
    expect({ table: found.deployment.table, source: found.source }).toEqual({ table, source });
  });

  it("finds the account's deployment without a prefix when nothing is named and no local stack runs", async () => {
    const { deployment, location } = await findDeployment({}, sources());
    expect({ table: deployment.table, location }).toEqual({ table: 'of-default', location: '/sesame/deployment' });
  });

  it.each([
    [{ file: 'gone.json' }, 'There is no file gone.json.'],
    [{ variable: './gone.json' }, 'There is no file ./gone.json.'],
    [{ name: 'gone' }, 'There is no SSM parameter /sesame/gone/deployment in this account and Region.'],
    [{ variable: 'gone' }, 'There is no SSM parameter /sesame/gone/deployment in this account and Region.'],
  ])('looks nowhere else when %j is not there', async (request, message) => {
    await expect(findDeployment(request, sources({ local: true }))).rejects.toMatchObject({
      code: 'DeploymentNotFound',
      kind: 'permanent',
      message: expect.stringContaining(message),
    });
  });

  it('says that nothing was named when nothing is found', async () => {
    const none = { ...sources(), readParameter: async () => undefined };
    await expect(findDeployment({}, none)).rejects.toThrow(
      'No deployment is named, and no local stack runs here. There is no SSM parameter /sesame/deployment',
    );
  });

  it('says where a broken description was found', async () => {
    const broken = { ...sources(), readParameter: async () => '{}' };
    await expect(findDeployment({ name: 'mail' }, broken)).rejects.toThrow(
      "The SSM parameter /sesame/mail/deployment doesn't describe a deployment: version is missing",
    );
  });

  it('refuses a file and a name together, and what can be no name', async () => {
    await expect(findDeployment({ file: 'a.json', name: 'mail' }, sources())).rejects.toThrow('not both');
    for (const name of ['', 'Mail', '-', '1mail', '../x', 'm'.repeat(20)]) {
      await expect(findDeployment({ name }, sources()), name).rejects.toMatchObject({ code: 'InvalidDeploymentName' });
    }
  });
});

it('gives every prefix a parameter of its own', () => {
  const prefixes = ['', 'mail-', 'mail--', 'deployment-', 'default-', 'a-b-'];
  expect(new Set(prefixes.map(deploymentParameterName)).size).toBe(prefixes.length);
  expect(prefixes.slice(1).map(namePrefixOf)).toEqual(prefixes.slice(1));
});
