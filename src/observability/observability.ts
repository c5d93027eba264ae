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
  /** One line for all metrics since the last flush. */
  flush(): void;
}

/**
 * JSON log lines and EMF metrics, by Powertools. Both are made at their first use, as the AWS clients are. On Lambda their service
 * is the function's name as deployed, with its prefix: several deployments in one Region stay apart.
 */
export function createObservability(functionName: string, logLevel: string): Observability {
  const service = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? functionName;
  let logger: Logger | undefined;
  let metrics: Metrics | undefined;
  return {
    log(level, { code, message }, details) {
      logger ??= new Logger({ serviceName: service, logLevel: logLevel as LogLevel });
      logger[level](message, { code, ...details });
    },
    count(metric, value = 1) {
      metrics ??= new Metrics({ namespace: METRIC_NAMESPACE, serviceName: service });
      metrics.addMetric(metric.name, metric.unit, value);
    },
    flush() {
      if (metrics?.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
