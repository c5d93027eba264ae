import {
  type LambdaClient,
  paginateListEventSourceMappings,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';

/**
 * Lets the mappings of a restored state read again that no deployment of ours has confirmed: those that somebody made for functions of
 * their own. The emulator holds each back until it is updated; see event_source_gate.py.
 */
export async function resumeMappings(lambda: LambdaClient): Promise<void> {
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client: lambda }, {})) {
    for (const { UUID } of EventSourceMappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID }));
  }
}
