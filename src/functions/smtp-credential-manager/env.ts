import * as z from 'zod/mini';

const text = z.string({ error: 'is missing' });
const arn = (service: string) =>
  text.check(z.regex(new RegExp(`^arn:[a-z-]+:${service}:`), `is not an ARN of ${service}`));
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `is not one of ${values.join(', ')}` });

/** The manager's settings. Terraform's `environment` map has exactly these keys. */
export const ManagerEnvSchema = z.object({
  TABLE_NAME: text,
  KMS_KEY_ARN: arn('kms'),
  SES_REGION: text.check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region')),
  DEAD_LETTER_QUEUE_URL: text.check(z.regex(/^https?:\/\//, 'is not a URL')),
  /** Every user gets it. Its account and partition are the users' own. */
  PERMISSIONS_BOUNDARY_ARN: arn('iam'),
  CONFIGURATION_SET: z.optional(text),
  RECEIVING_RULES: z._default(oneOf(['ignore', 'warn', 'require']), 'ignore'),
  RECEIVING_RULE_PK: z._default(text, 'ROUTE#{pattern}'),
  RECEIVING_RULE_SK: z._default(text, 'RULE#v1'),
  LOG_LEVEL: z._default(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR']), 'INFO'),
  TRACING: z._default(oneOf(['on', 'off']), 'off'),
});

export type ManagerEnv = z.infer<typeof ManagerEnvSchema>;
