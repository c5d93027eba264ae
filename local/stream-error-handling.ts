/**
 * What Lambda does with a batch of the stream that fails, as terraform/modules/function/triggers.tf has it: the batch is
 * halved until the bad record stands alone; that one is tried five times more; then its place goes to the dead letters.
 */
export const streamErrorHandling = {
  BisectBatchOnFunctionError: true,
  MaximumRetryAttempts: 5,
  MaximumRecordAgeInSeconds: 86_400,
  ParallelizationFactor: 1,
} as const;
