import { NotFoundException } from '@aws-sdk/client-sesv2';
import { toAwsProblem } from './aws-problem.ts';

/** SES's answer; undefined if SES says that there is no such thing. */
export async function findAtSes<T>(operation: string, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw toAwsProblem(operation, error);
  }
}
