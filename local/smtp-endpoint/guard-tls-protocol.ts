import { TLSSocket } from 'node:tls';

const { getProtocol } = TLSSocket.prototype;

/**
 * Has a TLS socket that is torn down answer null when it is asked for its protocol. Node 24 ends with a segmentation fault
 * instead, when the socket below was gone first, and smtp-server asks every socket whose handshake failed: a client that left at
 * the wrong moment took the whole local stack along.
 */
export function guardTlsProtocol(): void {
  TLSSocket.prototype.getProtocol = function getProtocolUnlessGone(this: TLSSocket): string | null {
    return this.destroyed ? null : getProtocol.call(this);
  };
}
