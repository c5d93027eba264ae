import { randomUUID } from 'node:crypto';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/**
 * Invokes a function at intervals, as EventBridge Scheduler does: asynchronously, with a new id each time. The emulator's own
 * scheduler supports no interval below a minute.
 *
 * @param schedule.atOnce what a first call, at once, gets on top of the usual event; without it there is none
 * @returns a function that ends the schedule
 */
export function startSchedule(
  lambda: LambdaClient,
  functionName: string,
  { everySeconds, atOnce }: { everySeconds: number; atOnce?: Record<string, unknown> | undefined },
): () => void {
  const tick = (more?: Record<string, unknown>) => {
    const event = { id: randomUUID(), time: new Date().toISOString(), ...more };
    // A stopping stack no longer answers.
    lambda
      .send(new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) }))
      .catch(() => {});
  };
  // setInterval accepts at most 24.8 days; no schedule here is longer than a day.
  const timer = setInterval(() => tick(), everySeconds * 1000);
  if (atOnce !== undefined) tick(atOnce);
  return () => clearInterval(timer);
}
