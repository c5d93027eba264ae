/** The trace header of a Lambda invocation. */
export interface TraceHeader {
  /** `1-5759e988-bd862e3fe1be46a994272793` */
  readonly traceId: string;
  /** Lambda's own segment: 16 hexadecimal digits. */
  readonly parentId: string;
  readonly isSampled: boolean;
  /** The header for a call made within this segment. All other fields are kept. */
  under(segmentId: string): string;
}

/**
 * Parses `Root=...;Parent=...;Sampled=1`; undefined if the header is missing or incomplete.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function readTraceHeader(text: string | undefined): TraceHeader | undefined {
  const fields = new Map((text ?? '').split(';').map((field) => splitOnce(field.trim())));
  const traceId = fields.get('Root') ?? '';
  const parentId = fields.get('Parent') ?? '';
  if (!/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(traceId) || !/^[0-9a-f]{16}$/.test(parentId)) return undefined;
  return {
    traceId,
    parentId,
    isSampled: fields.get('Sampled') === '1',
    under: (segmentId) => [...new Map([...fields, ['Parent', segmentId]])].map((field) => field.join('=')).join(';'),
  };
}

function splitOnce(field: string): [string, string] {
  const at = field.indexOf('=');
  return at === -1 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)];
}
