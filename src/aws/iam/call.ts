import { SesameError } from '../../credential/errors.ts';
import { IamUserMissingError } from '../../credential/iam/iam-users.ts';
import { policyNotVisible } from '../../credential/iam/propagation.ts';
import { awsErrorName, toAwsProblem } from '../aws-problem.ts';

const throttlingDelaysMs = [200, 400, 800, 1600, 3200];

/** A call on a user: "no such entity" is a case of its own, everything else a problem. */
export async function call<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (awsErrorName(error) === 'NoSuchEntityException') throw new IamUserMissingError(userName);
    throw toAwsProblem(operation, error);
  }
}

/** A call on a managed policy that must be there: where IAM doesn't know it, it is too young. */
export async function callOnPolicy<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    // AWS says of a user: "The user with name ... cannot be found."
    const isPolicy = awsErrorName(error) === 'NoSuchEntityException' && !/user with name/i.test(String(error));
    if (isPolicy) throw policyNotVisible(userName);
    return call(operation, userName, () => Promise.reject(error));
  }
}

/** A call after which something is gone; undefined when it was gone before. */
export async function gone<T>(operation: string, userName: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call(operation, userName, send);
  } catch (error) {
    if (error instanceof IamUserMissingError) return undefined;
    throw error;
  }
}

/** How often the SDK tried before it gave up with this error. */
export function attemptsOf(error: unknown): number {
  return (error as { readonly $metadata?: { readonly attempts?: number } }).$metadata?.attempts ?? 1;
}

export function isCode(error: unknown, code: string): error is SesameError {
  return error instanceof SesameError && error.code === code;
}

export function orCode(code: string): (error: unknown) => SesameError {
  return (error) => {
    if (isCode(error, code)) return error;
    throw error;
  };
}

export function orIfNamed(name: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && error.name === name) return undefined;
    throw error;
  };
}

/** For a call that must not be repeated where its answer was lost: throttling made nothing, so it alone is waited for. */
export async function retryThrottling<T>(send: () => Promise<T>, sleep: (ms: number) => Promise<void>): Promise<T> {
  for (const delayMs of throttlingDelaysMs) {
    try {
      return await send();
    } catch (error) {
      if (!/throttl|TooManyRequests|RequestLimitExceeded/i.test(awsErrorName(error))) throw error;
      await sleep(delayMs * (0.5 + Math.random()));
    }
  }
  return send();
}
