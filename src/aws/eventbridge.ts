import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { CredentialEvent, EventPublisher } from '../credential/credential-event.ts';
import { SesameError } from '../credential/errors.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createEventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient(clientSettings);
}

/** Where events go, and as what. Given as values: a module shared with the start of a function would be one more file to load. */
export interface EventBus {
  readonly busName: string;
  readonly source: string;
  readonly eventsPerCall: number;
}

/** The event bus. */
export function createEventPublisher(
  client: () => EventBridgeClient,
  { busName, source, eventsPerCall }: EventBus,
): EventPublisher {
  async function publishSome(events: readonly CredentialEvent[]): Promise<number> {
    const answer = await client().send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName: busName,
          Source: source,
          DetailType: type,
          Detail: JSON.stringify(detail),
          Time: new Date(detail.at),
        })),
      }),
    );
    return answer.FailedEntryCount ?? 0;
  }

  return {
    async publish(events) {
      const chunks = Array.from({ length: Math.ceil(events.length / eventsPerCall) }, (_, index) =>
        events.slice(index * eventsPerCall, (index + 1) * eventsPerCall),
      );
      try {
        const failed = await Promise.all(chunks.map(publishSome));
        const count = failed.reduce((sum, failures) => sum + failures, 0);
        if (count > 0) {
          throw new SesameError(
            'EventsRefused',
            'retryable',
            `EventBridge refused ${count} of ${events.length} events.`,
          );
        }
      } catch (error) {
        throw error instanceof SesameError ? error : toAwsProblem('events:PutEvents', error);
      }
    },
  };
}
