/** An AWS call as a proxy sees it. */
export interface AwsCall {
  /** The service in the signature: `iam`, `dynamodb`, ... */
  readonly service: string;
  /** `CreateUser`, `UpdateItem`, ... */
  readonly operation: string;
  readonly body: string;
  /** The access key that signed it. */
  readonly accessKeyId: string;
}

export type Refusal = 'throttled' | 'server error' | 'access denied';

interface Words {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * An error response in the service's format: query XML for IAM, JSON for the others.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html,
 * https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
export function awsRefusal(call: AwsCall, refusal: Refusal): { status: number; contentType: string; body: string } {
  const { status, code, message } = wordsOf(call, refusal);
  if (call.service === 'iam') {
    const type = status >= 500 ? 'Receiver' : 'Sender';
    return {
      status,
      contentType: 'text/xml',
      body:
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>' +
        `<Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>` +
        '<RequestId>00000000-0000-4000-8000-000000000000</RequestId></ErrorResponse>',
    };
  }
  return { status, contentType: 'application/x-amz-json-1.0', body: JSON.stringify({ __type: code, message }) };
}

function wordsOf({ service, operation }: AwsCall, refusal: Refusal): Words {
  const dynamoDb = service === 'dynamodb' ? 'com.amazonaws.dynamodb.v20120810#' : '';
  if (refusal === 'throttled') {
    if (service === 'iam') return { status: 400, code: 'Throttling', message: 'Rate exceeded' };
    if (service === 'sqs') return { status: 400, code: 'com.amazonaws.sqs#RequestThrottled', message: 'Rate exceeded' };
    if (service !== 'dynamodb') return { status: 400, code: 'ThrottlingException', message: 'Rate exceeded' };
    const message =
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your ' +
      'provisioning level with the UpdateTable API.';
    return { status: 400, code: `${dynamoDb}ProvisionedThroughputExceededException`, message };
  }
  if (refusal === 'server error') {
    const codes: Record<string, string> = {
      iam: 'ServiceFailure',
      kms: 'KMSInternalException',
      sqs: 'InternalFailure',
      events: 'InternalException',
    };
    const message = 'The request processing has failed because of an unknown error, exception or failure.';
    return { status: 500, code: codes[service] ?? `${dynamoDb}InternalServerError`, message };
  }
  const message =
    `User: arn:aws:sts::000000000000:assumed-role/a-role/a-function is not authorized to perform: ` +
    `${service}:${operation} because no identity-based policy allows the ${service}:${operation} action`;
  return service === 'iam'
    ? { status: 403, code: 'AccessDenied', message }
    : { status: 400, code: 'AccessDeniedException', message };
}
