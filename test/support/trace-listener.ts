import { createSocket } from 'node:dgram';

/** A segment or subsegment as the X-Ray daemon receives it. */
export interface TraceSegment {
  readonly name?: string;
  readonly namespace?: string;
  readonly trace_id?: string;
  readonly subsegments?: readonly TraceSegment[];
  /** Whether AWS refused the call. */
  readonly error?: boolean;
  readonly aws?: { readonly operation?: string };
}

/** Stands in for the X-Ray daemon. */
export interface TraceListener {
  /** For AWS_XRAY_DAEMON_ADDRESS. */
  readonly address: string;
  /** All datagrams as received. */
  readonly datagrams: readonly string[];
  /** All segments and nested subsegments, starting with this datagram. */
  segments(fromDatagram: number): TraceSegment[];
  close(): void;
}

/** Listens for traces on 127.0.0.1. */
export async function startTraceListener(): Promise<TraceListener> {
  const datagrams: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message) => datagrams.push(message.toString()));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    datagrams,
    // A datagram has a line with the format and a line with the segment.
    segments: (fromDatagram) =>
      datagrams
        .slice(fromDatagram)
        .flatMap((text) => flatten(JSON.parse(text.slice(text.indexOf('\n') + 1)) as TraceSegment)),
    close: () => socket.close(),
  };
}

function flatten(segment: TraceSegment): TraceSegment[] {
  return [segment, ...(segment.subsegments ?? []).flatMap(flatten)];
}
