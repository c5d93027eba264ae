import type { Tracer } from '@aws-lambda-powertools/tracer';

/** An SDK client, as far as tracing touches it. */
type AwsClient = Parameters<Tracer['captureAWSv3Client']>[0];

export interface Tracing {
  /** Gives every call of this client a subsegment, as long as X-Ray samples. */
  watch(client: AwsClient): void;
  /** Runs an invocation's work in a subsegment of its own, when X-Ray samples this invocation. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** X-Ray's SDK, loaded: Powertools, and the segment that stands for Lambda's own. */
interface LoadedTracing {
  readonly tracer: Tracer;
  readonly facade: ReturnType<Tracer['getSegment']>;
}

/**
 * X-Ray by Powertools, behind this one file: the X-Ray SDK below it leaves support in 2027, so it stays replaceable.
 * It takes as long to load as everything else, and X-Ray samples few invocations: it is loaded at the first of them.
 */
export function createTracing(name: string, enabled: boolean, currentTraceHeader: () => string | undefined): Tracing {
  let loading: Promise<LoadedTracing> | undefined;
  let loaded: Tracer | undefined;
  const clients: AwsClient[] = [];

  async function load(): Promise<LoadedTracing> {
    const powertools = await import('@aws-lambda-powertools/tracer');
    // No answers in the traces: an answer of IAM holds a secret.
    const tracer = new powertools.Tracer({ serviceName: name, captureHTTPsRequests: false });
    for (const client of clients) tracer.captureAWSv3Client(client);
    loaded = tracer;
    return { tracer, facade: tracer.isTracingEnabled() ? tracer.getSegment() : undefined };
  }

  async function runInSegment<T>(tracer: Tracer, work: () => Promise<T>): Promise<T> {
    const parent = tracer.getSegment();
    const segment = parent?.addNewSubsegment(`## ${name}`);
    if (parent === undefined || segment === undefined) return work();
    tracer.setSegment(segment);
    try {
      return await work();
    } catch (error) {
      tracer.addErrorAsMetadata(error as Error);
      throw error;
    } finally {
      segment.close();
      tracer.setSegment(parent);
    }
  }

  return {
    watch(client) {
      clients.push(client);
      loaded?.captureAWSv3Client(client);
    },
    async run(work) {
      if (!enabled || !currentTraceHeader()?.includes('Sampled=1')) return work();
      loading ??= load();
      const { tracer, facade } = await loading;
      if (facade === undefined) return work();
      // The SDK keeps Lambda's segment where it was loaded, which is within the first invocation. So each gets it anew.
      return tracer.provider.getNamespace().runAndReturn(() => {
        tracer.setSegment(facade);
        return runInSegment(tracer, work);
      });
    },
  };
}
