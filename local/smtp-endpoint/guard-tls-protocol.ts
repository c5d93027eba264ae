import { TLSSocket } from 'node:tls';

const { getProtocol } = TLSSocket.prototype;

/**
 * Makes `getProtocol` of a destroyed TLS socket return null. Node 24 crashes with a segmentation fault instead if the underlying
 * socket is already gone. smtp-server calls it after every failed handshake, so one client that left at the wrong moment ended
 * the whole local stack.
 */
export function guardTlsProtocol(): void {
  TLSSocket.prototype.getProtocol = function getProtocolUnlessGone(this: TLSSocket): string | null {
    return this.destroyed ? null : getProtocol.call(this);
  };
}
