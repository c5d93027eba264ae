import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLevel } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { LogMessage } from './log-catalogue.ts';
import { METRIC_NAMESPACE, type Metric } from './metric-catalogue.ts';

/** What a handler tells the world. Values are plain and never secret. */
export interface Observability {
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: LogMessage,
    details: Readonly<Record<string, unknown>>,
  ): void;
  count(metric: Metric, value?: number): void;
  /** One line for all metrics since the last flush. To be called once, at the end of an invocation. */
  flush(): void;
}

/** JSON log lines and EMF metrics, by Powertools. */
export function createObservability(service: string, logLevel: string): Observability {
  const logger = new Logger({ serviceName: service, logLevel: logLevel as LogLevel });
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
  return {
    log: (level, { code, message }, details) => logger[level](message, { code, ...details }),
    count: (metric, value = 1) => metrics.addMetric(metric.name, metric.unit, value),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
