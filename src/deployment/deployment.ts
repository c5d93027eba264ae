import * as v from 'valibot';
import { SesameError } from '../credential/errors.ts';

const text = v.pipe(v.string('is not a text'), v.nonEmpty('is empty'));
const url = v.pipe(text, v.regex(/^https?:\/\/[^\s/]+/, 'is not a URL'));
const arn = v.pipe(text, v.regex(/^arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:.+$/, 'is not an ARN'));
const port = v.pipe(
  v.number('is not a number'),
  v.integer('is not a whole number'),
  v.minValue(1, 'is not a port'),
  v.maxValue(65_535, 'is not a port'),
);

/**
 * What a program must know to work with a deployment: the content of `sesame.json`, of the SSM parameter that Terraform writes, and of
 * `.sesame/local.json`, which holds more. No secret is part of it. Attributes that this version doesn't know are left out.
 */
const deploymentSchema = v.object(
  {
    /** The version of Sesame that was deployed. */
    version: text,
    partition: text,
    region: text,
    accountId: v.pipe(text, v.regex(/^\d{12}$/, 'is not an account id: it has twelve digits')),
    /** In front of the names of all resources. Empty for a deployment without one. */
    namePrefix: v.pipe(
      v.string('is not a text'),
      v.regex(/^([a-z][a-z0-9-]*-)?$/, 'is not a prefix: it ends in a dash, or is empty'),
    ),
    table: text,
    /** What the table was called before it was restored: its older passwords are bound to these names. */
    previousTableNames: v.optional(v.array(text, 'is not a list'), []),
    /** The key that encrypts passwords. */
    kmsKeyArn: arn,
    deadLetterQueueUrl: url,
    parkingQueueUrl: url,
    verificationQueueUrl: url,
    sendingEventsQueueUrl: url,
    feedbackQueueUrl: url,
    eventBus: text,
    configurationSet: text,
    permissionsBoundaryArn: arn,
    topics: v.object(
      {
        sends: arn,
        deliveries: arn,
        bounces: arn,
        complaints: arn,
        rejects: v.optional(arn),
        alerts: arn,
      },
      describeMissing,
    ),
    /** Where mail clients log in: STARTTLS on one port, TLS from the first byte on the other. */
    smtp: v.object(
      {
        host: text,
        startTlsPort: port,
        tlsPort: port,
        /** Path of the certificates to trust, where the system's own don't do. */
        caFile: v.optional(text),
      },
      describeMissing,
    ),
    /** The admin API, where there is one. */
    api: v.optional(
      v.object(
        {
          url,
          /** Who called it. Absent on a local stack. */
          accessLogGroup: v.optional(text),
        },
        describeMissing,
      ),
    ),
    /** Names of the Lambda functions. */
    functions: v.pipe(v.array(text, 'is not a list'), v.nonEmpty('is an empty list')),
    /** Log groups of the functions, by the functions' names without prefix. */
    logGroups: v.record(v.string(), text, describeMissing),
    /** The log group of what SES tells of mails, where there is one. */
    eventLogGroup: v.optional(text),
    /** The log group of what happened to credentials, where there is one. */
    historyLogGroup: v.optional(text),
    /** Where AWS is: the emulator of a local stack. Absent: AWS itself. */
    endpoint: v.optional(url),
  },
  describeMissing,
);

/** A deployment's description. */
export type Deployment = v.InferOutput<typeof deploymentSchema>;

/**
 * Reads a deployment's description.
 *
 * @param source where it was found, in words for the message, such as a path
 * @throws SesameError `InvalidDeployment`, permanent, that names every fault
 */
export function parseDeployment(json: string, source: string): Deployment {
  const result = v.safeParse(deploymentSchema, parseJson(json, source));
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => [v.getDotPath(issue), issue.message].filter(Boolean).join(' '));
  throw invalid(source, `${faults.join('; ')}.`);
}

/** The Lambda function of this deployment that is called `service` without the prefix, such as `smtp-credential-sweeper`. */
export function functionNameOf({ namePrefix }: Pick<Deployment, 'namePrefix'>, service: string): string {
  return `${namePrefix}${service}`;
}

function parseJson(json: string, source: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw invalid(source, `it is no JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

function invalid(source: string, faults: string): SesameError {
  return new SesameError('InvalidDeployment', 'permanent', `${source} doesn't describe a deployment: ${faults}`);
}

/** valibot answers an absent key with the message of the object that lacks it. */
function describeMissing(issue: { readonly received: string }): string {
  return issue.received === 'undefined' ? 'is missing' : 'is not an object';
}
