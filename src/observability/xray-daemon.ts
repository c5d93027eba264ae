/**
 * An independent subsegment of X-Ray, which names its trace and its parent.
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
  /** A client error (4xx), throttling (429), a server error (5xx or no response). */
  readonly error?: true;
  readonly throttle?: true;
  readonly fault?: true;
  /** Nested subsegments. Each may also be sent on its own. */
  readonly subsegments?: readonly Subsegment[];
  readonly cause?: { readonly exceptions: readonly { readonly id: string; readonly type: string }[] };
}

/** Fire and forget: a lost trace must never harm the work. */
export type SendSubsegment = (subsegment: Subsegment) => void;

/**
 * Connects to the X-Ray daemon next to the function. It accepts documents over UDP, each after a line that names the
 * format.
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
