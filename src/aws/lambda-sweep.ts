import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SweepStarter } from '../credential/drift/sweep-starter.ts';
import { toAwsProblem } from './aws-problem.ts';

/** Invokes the sweeper asynchronously. */
export function createSweepStarter(client: () => LambdaClient, functionName: string): SweepStarter {
  return {
    async start(id) {
      try {
        const Payload = JSON.stringify({ id, reads: 'all' });
        await client().send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload }));
      } catch (error) {
        throw toAwsProblem('lambda:InvokeFunction', error);
      }
    },
  };
}
