import { describe, expect, it } from 'vitest';
import { readFunctionSchemas } from '../test/support/read-function-schemas.ts';
import { adminApiRoutes } from './admin-api-routes.ts';
import { deployedNumber, environmentTemplates, functionDefinitions } from './function-definitions.ts';

const schemas = await readFunctionSchemas();
const names = Object.keys(functionDefinitions);

describe('terraform/functions.json', () => {
  it('has every function of src/functions', () => {
    expect(names.length).toBeGreaterThan(5);
    expect([...schemas.keys()].sort()).toEqual([...names].sort());
  });

  it.each(names)('%s has exactly the variables that its schema takes', (name) => {
    expect(Object.keys(environmentTemplates(name)).sort()).toEqual(
      Object.keys(schemas.get(name)?.entries ?? {}).sort(),
    );
  });

  it.each(names)('%s is called by something', (name) => {
    const { stream, queue, schedule } = functionDefinitions[name] ?? {};
    const routes = adminApiRoutes.filter(({ functionName }) => functionName === name);
    expect([stream, queue, schedule, ...routes].filter(Boolean)).not.toEqual([]);
  });
});

describe('deployedNumber', () => {
  it('is what stands in the file', () => {
    expect(deployedNumber('smtp-dlq-processor', 'MAX_TRIES')).toBe(8);
  });

  it.each([
    ['smtp-dlq-processor', 'TABLE_NAME'],
    ['smtp-dlq-processor', 'NOBODY'],
    ['nobody', 'MAX_TRIES'],
  ])('refuses %s %s', (name, variable) => {
    expect(() => deployedNumber(name, variable)).toThrow(name);
  });
});
