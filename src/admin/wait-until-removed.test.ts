import { expect, it } from 'vitest';
import { SesameError } from '../credential/errors.ts';
import { waitUntilRemoved } from './wait-until-removed.ts';

function wait(
  answers: readonly unknown[],
  more: { record?: Readonly<Record<string, unknown>>; iamUserName?: string | undefined; seconds?: number } = {},
) {
  const { record, seconds = 25 } = more;
  const iamUserName = 'iamUserName' in more ? more.iamUserName : 'ses-smtp-user-jane-1700000000000';
  const left = [...answers];
  const list = () => {
    const answer = left.length > 1 ? left.shift() : left[0];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as undefined);
  };
  const deps = { credentials: { read: async () => record }, sendingFacts: { keys: { list } }, now: Date.now };
  return waitUntilRemoved({ username: 'jane', iamUserName, seconds }, deps);
}

it('waits until the IAM user is gone, not only the record', async () => {
  expect(await wait([[{ accessKeyId: 'AKIA', status: 'Active' }], [], undefined])).toBe(true);
  expect(await wait([[]], { seconds: 0 })).toBe(false);
});

it('is done at once where there was no IAM user', async () => {
  expect(await wait([new Error('Not asked.')], { iamUserName: undefined })).toBe(true);
});

it('asks again after an error, and never takes it for gone', async () => {
  expect(await wait([new SesameError('Throttling', 'retryable', 'Slow down.'), undefined])).toBe(true);
  expect(await wait([new SesameError('AccessDenied', 'permanent', 'No.')], { seconds: 0 })).toBe(false);
});

it('gives up when somebody has made the credential again', async () => {
  expect(await wait([undefined], { record: { status: 'pending' } })).toBe(false);
});
