/**
 * Stands in for `@smithy/core/event-streams` in the functions' bundles: the build puts this file in its place.
 *
 * The clients of Lambda and CloudWatch Logs load it at the start, for calls that answer with a stream of events. We make no such call, and
 * every cold start would wait for its checksums and for Node's zlib.
 */

/** Leaves a client's configuration as it is. */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}

/** @throws Error: a call that streams events was made */
export function eventStreamSerdeProvider(): never {
  throw new Error('The functions are built without streams of events: see src/aws/no-event-streams.ts.');
}

/** What a protocol makes of a stream. */
export class EventStreamSerde {
  constructor() {
    eventStreamSerdeProvider();
  }
}
