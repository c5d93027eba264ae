import { enableRemedy } from '../credential/enable-remedy.ts';
import type { ErrorKind } from '../credential/errors.ts';

/** How we treat one error code of AWS. */
export interface AwsErrorRule {
  readonly kind: ErrorKind;
  /** Whole sentences for an administrator: what to do, or that nothing has to be done. */
  readonly remedy: string;
  /** Our own code, where AWS's says too little. */
  readonly code?: string;
}

/** Where AWS describes a service's errors, by the name before the colon in an operation's name. */
export const errorPages: Readonly<Record<string, string>> = {
  iam: 'https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html',
  dynamodb: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html',
  kms: 'https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html',
  sqs: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html',
  sns: 'https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html',
  events: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html',
  ses: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html',
  ssm: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html',
  lambda: 'https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html',
};

/**
 * Builds the table. Not at load: few cold starts meet an error, and it costs each of them 0.3 ms (decision 7).
 */
function buildRules() {
  const AGAIN = 'Sesame tries it again automatically.';
  const retryable = (remedy: string, code?: string): AwsErrorRule => ({
    kind: 'retryable',
    remedy: `${remedy} ${AGAIN}`,
    ...(code === undefined ? {} : { code }),
  });
  const permanent = (remedy: string, code?: string): AwsErrorRule => ({
    kind: 'permanent',
    remedy,
    ...(code === undefined ? {} : { code }),
  });

  const passes = retryable('Nothing has to be done.');
  const collided: AwsErrorRule = { kind: 'conflict', remedy: `Somebody else changed the same thing. ${AGAIN}` };
  const denied = retryable(
    "Deploy the role policies again. If they are in place, a permissions boundary, a resource's policy or the organisation refuses the call.",
  );
  const notAccepted = retryable(
    "AWS doesn't accept the function's credentials. If that lasts, look whether the account is in good standing and the Region is enabled.",
  );
  const deployAgain = (what: string) => retryable(`Deploy Terraform again: ${what}.`);
  const enableKey = retryable('Enable the KMS key, or cancel its deletion.');
  const findKey = retryable('Restore the KMS key that the deployment names, or deploy Terraform with the right key.');
  const allowKey = retryable("Let the function's role use the KMS key: by its key policy, and by its role policy.");
  const ourFault = 'If no value of the record is at fault, report it as a fault of Sesame.';
  const notTaken = (what: string) =>
    permanent(`IAM doesn't take ${what}. Correct the value that AWS names, then ${enableRemedy}. ${ourFault}`);

  /**
   * The errors that any service gives. The names come without "Exception" and "Error" at their end, because services differ in that.
   * Only what an edit of the record can cure is permanent: whatever waits for a change in the account is tried again, so that it
   * continues automatically when that was done, and is parked for a person when it wasn't.
   */
  const common: Readonly<Record<string, AwsErrorRule>> = {
    AccessDenied: denied,
    NotAuthorized: denied,
    Authorization: denied,
    ExpiredToken: notAccepted,
    IncompleteSignature: notAccepted,
    InvalidClientTokenId: notAccepted,
    InvalidSignature: notAccepted,
    InvalidSecurity: notAccepted,
    MissingAuthenticationToken: notAccepted,
    OptInRequired: notAccepted,
    RequestExpired: notAccepted,
    SignatureDoesNotMatch: notAccepted,
    UnrecognizedClient: notAccepted,
    InvalidEndpoint: retryable('Look which endpoint the functions are told to use.'),
    InternalFailure: passes,
    Internal: passes,
    InternalServer: passes,
    ServiceUnavailable: passes,
    RequestLimitExceeded: passes,
    RequestThrottled: passes,
    Throttling: passes,
    Timeout: passes,
    TooManyRequests: passes,
    KMSAccessDenied: allowKey,
    KMSDisabled: enableKey,
    KMSInvalidKeyUsage: findKey,
    KMSInvalidState: enableKey,
    KMSNotFound: findKey,
    KMSOptInRequired: notAccepted,
    KMSThrottled: passes,
    KMSThrottling: passes,
  };

  const refusedBatch = permanent('Report it as a fault of Sesame: SQS refuses the batch.');
  /** One rule for many codes, written in one text: a long table costs load time. */
  const forEach = (codes: string, rule: AwsErrorRule): Readonly<Record<string, AwsErrorRule>> =>
    Object.fromEntries(codes.split(' ').map((code) => [code, rule]));

  const services: Readonly<Record<string, Readonly<Record<string, AwsErrorRule>>>> = {
    iam: {
      AccessDenied: retryable(
        'Deploy the role policies again. If they are in place, look whether the IAM user has lost its tags or its permissions boundary, or whether the organisation refuses the call.',
      ),
      ConcurrentModification: collided,
      DeleteConflict: retryable(
        'Something is attached that Sesame may not remove. Take away what AWS names: the runbook undeletable-user has the command for each.',
      ),
      EntityAlreadyExists: collided,
      EntityTemporarilyUnmodifiable: passes,
      InvalidInput: notTaken('a value'),
      LimitExceeded: retryable('Make room under the quota that AWS names: see the runbook iam-quota-reached.'),
      MalformedPolicyDocument: notTaken('the policy'),
      NoSuchEntity: retryable('Look whether somebody deleted what AWS names.'),
      PolicyEvaluation: retryable('Look at the policy that AWS names: IAM could not evaluate it.'),
      PolicyNotAttachable: notTaken('the policy'),
      ServiceFailure: passes,
      Validation: notTaken('a value'),
    },
    dynamodb: {
      ConditionalCheckFailed: collided,
      IdempotentParameterMismatch: collided,
      ItemCollectionSizeLimitExceeded: retryable(
        'The table has a local secondary index, so all records together may hold 10 GB. Remove the index, or what fills the partition.',
      ),
      ProvisionedThroughputExceeded: retryable('If that lasts, raise the capacity of the table, or make it on-demand.'),
      ReplicatedWriteConflict: collided,
      ResourceNotFound: deployAgain('the table that it names is not there'),
      TransactionCanceled: collided,
      TransactionConflict: collided,
      TransactionInProgress: passes,
      Validation: retryable(
        'Look whether the table has the keys PK and SK (S), and whether a system attribute of the record was edited by hand.',
      ),
    },
    kms: {
      DependencyTimeout: passes,
      Disabled: enableKey,
      DryRunOperation: passes,
      IncorrectKey: permanent('The password was encrypted with another key. Remove encrypted_password for a new one.'),
      InvalidCiphertext: permanent('The stored password does not open. Remove encrypted_password for a new one.'),
      InvalidGrantToken: allowKey,
      InvalidKeyUsage: findKey,
      KMSInternal: passes,
      KeyUnavailable: passes,
      NotFound: findKey,
    },
    sqs: {
      InvalidAddress: deployAgain('the queue that it names is not there'),
      ...forEach(
        'BatchEntryIdsNotDistinct EmptyBatchRequest InvalidBatchEntryId TooManyEntriesInBatchRequest',
        refusedBatch,
      ),
      InvalidAttributeName: permanent('Report it as a fault of Sesame: SQS does not know what it asks for.'),
      InvalidIdFormat: passes,
      InvalidMessageContents: permanent('Report it as a fault of Sesame: the message holds what SQS refuses.'),
      MessageNotInflight: passes,
      OverLimit: passes,
      QueueDoesNotExist: deployAgain('the queue that it names is not there'),
      ReceiptHandleIsInvalid: passes,
      UnsupportedOperation: deployAgain('the queue is not one that the functions can use'),
    },
    sns: {
      EndpointDisabled: passes,
      InvalidParameter: permanent('Report it as a fault of Sesame: SNS refuses the message.'),
      InvalidParameterValue: permanent('Report it as a fault of Sesame: SNS refuses the message.'),
      NotFound: deployAgain('the topic that it names is not there'),
      PlatformApplicationDisabled: passes,
      Validation: permanent('Report it as a fault of Sesame: SNS refuses the message.'),
    },
    events: {
      ResourceNotFound: deployAgain('the event bus that it names is not there'),
    },
    ses: {
      BadRequest: permanent('Nothing has to be done: SES does not take this value.'),
      NotFound: retryable('Look whether somebody deleted what SES names.'),
    },
    ssm: {
      InvalidKeyId: findKey,
      ParameterNotFound: deployAgain('the parameter that it names is not there'),
      ParameterVersionNotFound: deployAgain('the parameter that it names is not there'),
    },
    lambda: {
      ...forEach(
        'InvalidParameterValue InvalidRequestContent RequestTooLarge SerializedRequestEntityTooLarge UnsupportedMediaType',
        permanent('Report it as a fault of Sesame: Lambda refuses the call.'),
      ),
      ...forEach('EC2Throttled ENINotReady Service SnapStartNotReady SnapStartTimeout', passes),
      ...forEach(
        'CodeArtifactUserDeleted CodeArtifactUserFailed CodeArtifactUserPending DurableExecutionAlreadyStarted EC2AccessDenied EC2Unexpected ' +
          'EFSIO EFSMountConnectivity EFSMountFailure EFSMountTimeout ENILimitReached InvalidRuntime InvalidSecurityGroupID InvalidSubnetID ' +
          'InvalidZipFile ModeNotSupported NoPublishedVersion RecursiveInvocation ResourceConflict ResourceNotReady S3FilesMountConnectivity ' +
          'S3FilesMountFailure S3FilesMountTimeout ServiceQuotaExceeded SnapStart SnapStartRegenerationFailure SubnetIPAddressLimitReached',
        retryable('Look at the function in the Lambda console: it cannot run as it is now.'),
      ),
      ResourceNotFound: deployAgain('the function that it names is not there'),
    },
  };

  /** IAM gives one code for all its quotas: the operation tells which of them it is. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  const iamQuotas: Readonly<Record<string, AwsErrorRule>> = {
    CreateUser: retryable(
      'The account has no room for another IAM user. Delete users that nobody needs; 5,000 is the most that AWS gives.',
      'IamUserQuotaReached',
    ),
    CreateAccessKey: retryable(
      'The IAM user has two access keys already. Delete the one that the record does not name.',
      'AccessKeyQuotaReached',
    ),
    CreatePolicy: retryable(
      'The account has no room for another customer managed policy. Delete policies that nobody needs, or ask AWS for more.',
      'PolicyQuotaReached',
    ),
    CreatePolicyVersion: retryable(
      'The managed policy has five versions already. Delete one that is not in force.',
      'PolicyVersionQuotaReached',
    ),
    AttachUserPolicy: retryable(
      'The IAM user has as many managed policies as it may have. Detach those that somebody added.',
      'AttachedPolicyQuotaReached',
    ),
    PutUserPolicy: retryable(
      'All inline policies of the IAM user together are too long. Remove those that somebody added.',
      'InlinePolicyQuotaReached',
    ),
  };

  const tooLong = permanent(
    'Replace addresses by a wildcard such as "*@example.com", or split them over several credentials.',
    'PolicyTooLarge',
  );
  const noRoom = permanent(
    `Remove attributes that nobody needs: an item holds 400 KB at most. Then ${enableRemedy}.`,
    'RecordTooLarge',
  );

  return { common, services, iamQuotas, tooLong, noRoom, passes, retryable };
}

let rules: ReturnType<typeof buildRules> | undefined;

/**
 * The rule for an error.
 *
 * A code that isn't in the table is retryable, whatever its HTTP status: a mistaken retry costs some calls and then a parked message
 * that calls a person; a mistaken `permanent` would leave a credential dead, in silence, until somebody happens to edit its record.
 *
 * @param operation as in `iam:CreateUser`
 * @param name AWS's name of the error
 * @param status the answer's HTTP status, if there was an answer
 */
export function findErrorRule(operation: string, name: string, message: string, status?: number): AwsErrorRule {
  rules ??= buildRules();
  const { common, services, iamQuotas, tooLong, noRoom } = rules;
  const [service = '', call = ''] = operation.split(':');
  const code = name.replace(/(?:Error)?(?:Exception)?$/, '').replace(/^Kms(?=[A-Z])/, 'KMS');
  if (service === 'iam' && code === 'LimitExceeded') {
    const isDocument = /^Create|^Put/.test(call) && /PolicySize/.test(message);
    const quota = isDocument ? tooLong : iamQuotas[call];
    if (quota !== undefined) return quota;
  }
  if (service === 'dynamodb' && code === 'Validation' && /item size/i.test(message)) return noRoom;
  return services[service]?.[code] ?? common[code] ?? unknown(service, status, rules);
}

function unknown(
  service: string,
  status: number | undefined,
  { passes, retryable }: ReturnType<typeof buildRules>,
): AwsErrorRule {
  if (status === undefined || status >= 500 || status === 408 || status === 429) return passes;
  return retryable(`If that lasts, look its code up in ${errorPages[service] ?? 'the documentation of AWS'}.`);
}
