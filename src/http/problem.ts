import { InvalidAttributesError } from '../admin/check-attributes.ts';
import { RecordChangedError } from '../admin/record-changed-error.ts';
import { type SesameError, toSesameError } from '../credential/errors.ts';
import type { SpecFault } from '../credential/record/spec-attribute.ts';
import { presentCredential } from './present-credential.ts';

/** A problem document: RFC 9457, with our stable `code`. */
export interface Problem {
  /** A link to the code's explanation. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly faults?: readonly SpecFault[];
  /** The credential as it is now, if it isn't what the caller saw. */
  readonly current?: Readonly<Record<string, unknown>> | undefined;
  readonly request_id: string;
}

/** A request that the API refuses before any use case. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: readonly SpecFault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly current: Problem['current'];

  constructor(
    status: number,
    code: string,
    message: string,
    faults?: readonly SpecFault[],
    headers: Readonly<Record<string, string>> = {},
    current?: Problem['current'],
  ) {
    super(message);
    this.name = code;
    this.status = status;
    this.code = code;
    this.faults = faults;
    this.headers = headers;
    this.current = current;
  }
}

/** The page of the project's documents that explains every code. */
const docs = 'docs/api.md';

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'The record has changed',
  413: 'The body is too large',
  415: 'Not JSON',
  422: 'The attributes are not valid',
  428: 'If-Match is missing',
  429: 'Too many requests',
  500: 'Unexpected error',
  503: 'AWS did not do its part',
};

/** HTTP status codes of use cases' errors. All others follow from the error's kind. */
const statusOfCode: Readonly<Record<string, number>> = {
  CredentialNotFound: 404,
  MessageNotFound: 404,
  InvalidAttributes: 422,
  InvalidCheck: 422,
  RecordTooLarge: 422,
  ValueNotStorable: 422,
  RevisionChanged: 412,
  InvalidAddress: 400,
  InvalidCursor: 400,
  InvalidMessageId: 400,
  InvalidTime: 400,
  InvalidLimit: 400,
  RevealLimitReached: 429,
  UnexpectedError: 500,
};

/** Builds the problem document of anything that was thrown. Unexpected errors show nothing of themselves. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof RequestError) {
    const { faults, current } = error;
    return build(error.status, error, requestId, {
      ...(faults === undefined ? {} : { faults }),
      ...(current === undefined ? {} : { current }),
    });
  }
  const known = toSesameError(error);
  const { code } = known;
  const status = statusOfCode[code] ?? statusOfProblem(known);
  const more = {
    ...(known instanceof InvalidAttributesError ? { faults: known.faults } : {}),
    ...(known instanceof RecordChangedError ? { current: presentCredential(known.present) } : {}),
  };
  return build(status, known, requestId, more);
}

function statusOfProblem({ kind, code }: SesameError): number {
  if (/AccessDenied/.test(code)) return 403;
  if (/Throttl|TooManyRequests|LimitExceeded|ProvisionedThroughput/.test(code)) return 429;
  return kind === 'conflict' ? 409 : kind === 'retryable' ? 503 : 422;
}

function build(
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
  request_id: string,
  more: Partial<Problem>,
): Problem {
  const title = titles[status] ?? 'Error';
  // What the functions try again by themselves, a request doesn't.
  const detail = message.replaceAll('Sesame tries it again automatically.', 'Ask again.');
  return { type: `${docs}#${code.toLowerCase()}`, title, status, detail, code, ...more, request_id };
}
