/**
 * A subsegment as X-Ray takes it on its own: it names its trace and its parent.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html#api-segmentdocuments-subsegments
 */
export interface Subsegment {
  readonly type: 'subsegment';
  /** 16 hexadecimal digits. */
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id: string;
  readonly name: string;
  /** Seconds since the epoch. */
  readonly start_time: number;
  readonly end_time: number;
  readonly namespace?: 'aws';
  readonly aws?: Readonly<Record<string, unknown>>;
  readonly http?: { readonly response: { readonly status: number } };
  /** The caller's fault (4xx), too many calls (429), the service's fault (5xx or none at all). */
  readonly error?: true;
  readonly throttle?: true;
  readonly fault?: true;
  /** What happened within; each may also be sent on its own. */
  readonly subsegments?: readonly Subsegment[];
  readonly cause?: { readonly exceptions: readonly { readonly id: string; readonly type: string }[] };
}

/** Sends and forgets: a lost trace must never harm the work. */
export type SendSubsegment = (subsegment: Subsegment) => void;

/**
 * The X-Ray daemon beside the function, which takes documents over UDP, each behind a line that names the format.
 *
 * @param address `host:port`, as Lambda sets AWS_XRAY_DAEMON_ADDRESS
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export async function openXRayDaemon(address: string | undefined): Promise<SendSubsegment> {
  const { createSocket } = await import('node:dgram');
  const [host = '', port = ''] = (address ?? '').split(':');
  const socket = createSocket('udp4').unref();
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.connect(Number(port) || 2000, host || '127.0.0.1', resolve));
  return (subsegment) => {
    socket.send(`{"format":"json","version":1}\n${JSON.stringify(subsegment)}`, () => undefined);
  };
}
