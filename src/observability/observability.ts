import type { LogMessage } from './log-catalogue.ts';
import type { Metric } from './metric-catalogue.ts';

/** Logs and metrics of handlers and use cases. Values are plain and never secret. */
export interface Observability {
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: LogMessage,
    details: Readonly<Record<string, unknown>>,
  ): void;
  count(metric: Metric, value?: number): void;
  /** Writes one line with all metrics since the last flush. */
  flush(): void;
}
