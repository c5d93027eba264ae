import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  type CredentialEvent,
  EVENT_SOURCE,
  EVENTS_PER_CALL,
  type EventPublisher,
} from '../credential/credential-event.ts';
import { SesameError } from '../credential/errors.ts';
import { toAwsProblem } from './aws-problem.ts';
import { clientSettings } from './client-settings.ts';

export function createEventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient(clientSettings);
}

/** The event bus. */
export function createEventPublisher(client: () => EventBridgeClient, busName: string): EventPublisher {
  async function publishSome(events: readonly CredentialEvent[]): Promise<number> {
    const answer = await client().send(
      new PutEventsCommand({
        Entries: events.map(({ type, detail }) => ({
          EventBusName: busName,
          Source: EVENT_SOURCE,
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
      const chunks = Array.from({ length: Math.ceil(events.length / EVENTS_PER_CALL) }, (_, index) =>
        events.slice(index * EVENTS_PER_CALL, (index + 1) * EVENTS_PER_CALL),
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
