import type { LogMessage } from './log-catalogue.ts';
import type { Metric } from './metric-catalogue.ts';

/** What handlers and use cases report. Values are plain and never secret. */
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
