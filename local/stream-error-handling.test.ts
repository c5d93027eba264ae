import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectFolder } from './project-folder.ts';
import { streamErrorHandling } from './stream-error-handling.ts';

it('matches what Terraform deploys', () => {
  const terraform = readFileSync(join(projectFolder, 'terraform/modules/function/triggers.tf'), 'utf8');
  const stream = terraform.slice(0, terraform.indexOf('"queue"'));
  const value = (name: string) => new RegExp(`^ +${name} += (\\S+)$`, 'm').exec(stream)?.[1];
  expect(streamErrorHandling).toEqual({
    BisectBatchOnFunctionError: value('bisect_batch_on_function_error') === 'true',
    MaximumRetryAttempts: Number(value('maximum_retry_attempts')),
    MaximumRecordAgeInSeconds: Number(value('maximum_record_age_in_seconds')),
    ParallelizationFactor: Number(value('parallelization_factor')),
  });
});
