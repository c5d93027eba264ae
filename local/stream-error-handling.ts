/**
 * How Lambda handles a failed batch of the stream, as in terraform/modules/function/triggers.tf: it halves the batch until the
 * bad record is alone, retries that record five times, and then sends its position in the stream to the dead-letter queue.
 */
export const streamErrorHandling = {
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: 5,
  MaximumRecordAgeInSeconds: 86_400,
  ParallelizationFactor: 1,
} as const;
