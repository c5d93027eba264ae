import type * as logMessages from './log-messages.ts';
import type { Metric } from './metric-catalogue.ts';

export type LogMessage = (typeof logMessages)[keyof typeof logMessages];

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
