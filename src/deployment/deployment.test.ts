import { describe, expect, it } from 'vitest';
import { sampleDeployment } from '../../test/support/sample-deployment.ts';
import { SesameError } from '../credential/errors.ts';
import { parseDeployment } from './deployment.ts';

const parse = (value: unknown) => parseDeployment(JSON.stringify(value), 'sesame.json');

function refusalOf(value: unknown): SesameError {
  try {
    parse(value);
  } catch (error) {
    if (error instanceof SesameError) return error;
  }
  throw new Error('It was taken.');
}

describe('parseDeployment', () => {
  it('reads what Terraform writes', () => {
    expect(parse(sampleDeployment)).toEqual(sampleDeployment);
  });

  it('reads a deployment without prefix, event log and topic of rejects, on an emulator', () => {
    const { eventLogGroup, topics, ...rest } = sampleDeployment;
    const { rejects, ...others } = topics;
    const value = { ...rest, namePrefix: '', topics: others, endpoint: 'http://127.0.0.1:4500' };
    expect(parse(value)).toEqual(value);
  });

  it('keeps nothing that it does not know, such as the credentials of a local stack', () => {
    const { previousTableNames, ...rest } = sampleDeployment;
    const value = { ...rest, credentials: { secretAccessKey: 'hidden' }, smtp: { ...rest.smtp, password: 'hidden' } };
    expect(parse(value)).toEqual(sampleDeployment);
  });

  it('names every fault at once, and where the file is', () => {
    const { table, topics, smtp, ...rest } = sampleDeployment;
    const { message, code, kind } = refusalOf({
      ...rest,
      accountId: '1234',
      namePrefix: 'mail',
      kmsKeyArn: 'alias/mail',
      deadLetterQueueUrl: 'mail-smtp-dead-letters',
      eventBus: '',
      functions: [],
      topics: { ...topics, sends: 7 },
      smtp: { ...smtp, tlsPort: 70_000 },
      logGroups: 'none',
      configurationSet: null,
    });
    expect({ code, kind }).toEqual({ code: 'InvalidDeployment', kind: 'permanent' });
    expect(message).toBe(
      "sesame.json doesn't describe a deployment: accountId is not an account id: it has twelve digits; " +
        'namePrefix is not a prefix: it ends in a dash, or is empty; table is missing; kmsKeyArn is not an ARN; ' +
        'deadLetterQueueUrl is not a URL; eventBus is empty; configurationSet is not a text; topics.sends is not a text; ' +
        'smtp.tlsPort is not a port; functions is an empty list; logGroups is not an object.',
    );
  });

  it.each([
    ['', 'it is no JSON'],
    ['{"table": "mail",}', 'it is no JSON'],
    ['[]', 'table is missing'],
    ['null', 'is not an object'],
    ['"mail"', 'is not an object'],
  ])('refuses %j', (json, fault) => {
    expect(() => parseDeployment(json, 'sesame.json')).toThrow(fault);
  });
});
