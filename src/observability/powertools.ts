import { Logger } from '@aws-lambda-powertools/logger';
import type { LogLevel } from '@aws-lambda-powertools/logger/types';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE } from './metric-catalogue.ts';
import type { Observability } from './observability.ts';

/**
 * JSON logs and EMF metrics by Powertools. Both are created at first use, like the AWS clients. On Lambda the service
 * is the deployed function name with its prefix, so that several deployments in one Region stay apart.
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
