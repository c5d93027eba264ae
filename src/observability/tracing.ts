import type { Tracer } from '@aws-lambda-powertools/tracer';

/** An SDK client, as far as tracing touches it. */
type AwsClient = Parameters<Tracer['captureAWSv3Client']>[0];

export interface Tracing {
  /** Gives every call of this client a subsegment, as long as X-Ray samples. */
  watch(client: AwsClient): void;
  /** Runs an invocation's work in a subsegment of its own, when X-Ray samples this invocation. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * X-Ray by Powertools, behind this one file: the X-Ray SDK below it leaves support in 2027, so it stays replaceable.
 * It takes as long to load as everything else, and X-Ray samples few invocations: it is loaded at the first of them.
 */
export function createTracing(name: string, enabled: boolean, currentTraceHeader: () => string | undefined): Tracing {
  let tracer: Promise<Tracer> | undefined;
  let loaded: Tracer | undefined;
  const clients: AwsClient[] = [];

  async function load(): Promise<Tracer> {
    const powertools = await import('@aws-lambda-powertools/tracer');
    // No answers in the traces: an answer of IAM holds a secret.
    const fresh = new powertools.Tracer({ serviceName: name, captureHTTPsRequests: false });
    for (const client of clients) fresh.captureAWSv3Client(client);
    loaded = fresh;
    return fresh;
  }

  return {
    watch(client) {
      clients.push(client);
      loaded?.captureAWSv3Client(client);
    },
    async run(work) {
      if (!enabled || !currentTraceHeader()?.includes('Sampled=1')) return work();
      tracer ??= load();
      const current = await tracer;
      if (!current.isTracingEnabled()) return work();
      const parent = current.getSegment();
      const segment = parent?.addNewSubsegment(`## ${name}`);
      if (parent === undefined || segment === undefined) return work();
      current.setSegment(segment);
      try {
        return await work();
      } catch (error) {
        current.addErrorAsMetadata(error as Error);
        throw error;
      } finally {
        segment.close();
        current.setSegment(parent);
      }
    },
  };
}
