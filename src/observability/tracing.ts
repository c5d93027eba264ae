import type { Tracer } from '@aws-lambda-powertools/tracer';

/** An SDK client, as far as tracing touches it. */
type AwsClient = Parameters<Tracer['captureAWSv3Client']>[0];

export interface Tracing {
  /** Runs an invocation's work in a subsegment of its own, when X-Ray samples this invocation. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * X-Ray by Powertools, behind this one file: the X-Ray SDK below it leaves support in 2027, so it stays replaceable.
 * It takes as long to load as everything else, and X-Ray samples few invocations: it is loaded at the first of them.
 */
export function createTracing(
  name: string,
  enabled: boolean,
  clients: readonly AwsClient[],
  currentTraceHeader: () => string | undefined,
): Tracing {
  let tracer: Promise<Tracer> | undefined;

  async function load(): Promise<Tracer> {
    const powertools = await import('@aws-lambda-powertools/tracer');
    // No answers in the traces: an answer of IAM holds a secret.
    const loaded = new powertools.Tracer({ serviceName: name, captureHTTPsRequests: false });
    for (const client of clients) loaded.captureAWSv3Client(client);
    return loaded;
  }

  return {
    async run(work) {
      if (!enabled || !currentTraceHeader()?.includes('Sampled=1')) return work();
      tracer ??= load();
      const loaded = await tracer;
      if (!loaded.isTracingEnabled()) return work();
      const parent = loaded.getSegment();
      const segment = parent?.addNewSubsegment(`## ${name}`);
      if (parent === undefined || segment === undefined) return work();
      loaded.setSegment(segment);
      try {
        return await work();
      } catch (error) {
        loaded.addErrorAsMetadata(error as Error);
        throw error;
      } finally {
        segment.close();
        loaded.setSegment(parent);
      }
    },
  };
}
