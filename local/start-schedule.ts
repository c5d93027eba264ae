import { randomUUID } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Invokes a function again and again, as EventBridge Scheduler does: asynchronously, with an id of its own each time. The
 * emulator's own scheduler knows no interval below a minute.
 *
 * @returns what ends it
 */
export function startSchedule(
  lambda: LambdaClient,
  functionName: string,
  { everySeconds, atOnce }: { everySeconds: number; atOnce: boolean },
): () => void {
  const tick = () => {
    const event = { id: randomUUID(), time: new Date().toISOString() };
    // A stack that is just stopping doesn't answer any more.
    lambda
      .send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) }))
      .catch(() => {});
  };
  // setInterval takes 24.8 days at most; no schedule here is longer than a day.
  const timer = setInterval(tick, everySeconds * 1000);
  if (atOnce) tick();
  return () => clearInterval(timer);
}
