import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Contact } from './client';
import type { Server } from './servers';
import { nameOf } from './servers';

type MaybeSecured = Socket &
	Partial<Pick<TLSSocket, 'getCipher' | 'getPeerCertificate' | 'getProtocol'>>;

/** Whom a socket connects with, and how it is protected. */
export function contactThrough(socket: MaybeSecured, server: Server): Contact {
	const [version, cipher] = [socket.getProtocol?.(), socket.getCipher?.()];
	const name = nameOf(server);
	if (!version || !cipher) return { server: name };
	const expiresAt = Date.parse(socket.getPeerCertificate?.().valid_to ?? '');
	return { server: name, tls: { version, cipher: cipher.standardName, expiresAt } };
}
