import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { BerReader } from '../ldap/ber.ts';
import { Framing } from '../ldap/framing.ts';

/**
 * What the proxy does to one request. "Effect" is what the server behind it does.
 * pass       nothing
 * cutBefore  the connection is reset, no effect
 * cutAfter   the connection is reset once the server has answered: effect, answer lost
 * swallow    effect; the answer never comes, and the connection stays open
 */
export type LdapFault = 'pass' | 'cutBefore' | 'cutAfter' | 'swallow';

export interface LdapSubject {
	/** from 0, in the order of arrival */
	number: number;
	/** tag of the operation (RFC 4511 appendix B): 0x68 for an add */
	operation: number;
}

/** One connection of a client, and every byte it sent. */
export interface ProxiedConnection {
	readonly fromClient: Buffer[];
	readonly socket: Socket;
}

export interface LdapFaultProxy {
	readonly port: number;
	/** may be replaced while the proxy runs */
	faults: (request: LdapSubject) => LdapFault;
	readonly counts: Map<LdapFault, number>;
	/** all there were */
	readonly connections: ProxiedConnection[];
	/** Resets what is open. */
	cut(): void;
	close(): Promise<void>;
}

const START_TLS = Buffer.from('1.3.6.1.4.1.1466.20037');
const EXTENDED = 0x77;
const ENTRY_OR_LIKE = new Set([0x64, 0x73, 0x79]);

/**
 * A proxy in front of one LDAP server, on 127.0.0.1, that looks at each message and misbehaves as it
 * is told. After StartTLS it sees only bytes, and passes them on.
 */
export async function startLdapFaultProxy(upstreamPort: number): Promise<LdapFaultProxy> {
	const open = new Set<Link>();
	let arrived = 0;
	const server = net.createServer((socket) => {
		const link = new Link(socket, upstreamPort, (operation) => {
			const fault = proxy.faults({ number: arrived++, operation });
			proxy.counts.set(fault, (proxy.counts.get(fault) ?? 0) + 1);
			return fault;
		});
		proxy.connections.push(link);
		open.add(link);
		socket.once('close', () => open.delete(link));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const cut = () => {
		for (const link of open) link.reset();
	};
	const proxy: LdapFaultProxy = {
		port: (server.address() as AddressInfo).port,
		faults: () => 'pass',
		counts: new Map(),
		connections: [],
		cut,
		async close() {
			cut();
			server.close();
			await once(server, 'close');
		},
	};
	return proxy;
}

class Link implements ProxiedConnection {
	readonly fromClient: Buffer[] = [];
	readonly socket: Socket;
	private readonly server: Socket;
	private readonly decide: (operation: number) => LdapFault;
	private readonly requests = new Framing();
	private readonly answers = new Framing();
	private readonly faults = new Map<number, LdapFault>();
	private opaque = false;

	constructor(socket: Socket, upstreamPort: number, decide: (operation: number) => LdapFault) {
		this.socket = socket;
		this.decide = decide;
		this.server = net.connect(upstreamPort, '127.0.0.1');
		for (const side of [socket, this.server]) side.setNoDelay(true).on('error', () => {});
		socket.on('data', (chunk) => this.fromClientSide(chunk));
		this.server.on('data', (chunk) => this.fromServerSide(chunk));
		// What was forwarded is still read by the server behind.
		socket.on('close', () => this.server.end());
		this.server.on('close', () => socket.destroy());
	}

	reset(): void {
		this.socket.resetAndDestroy();
	}

	private fromClientSide(chunk: Buffer): void {
		this.fromClient.push(chunk);
		if (this.opaque) return void this.server.write(chunk);
		for (const message of this.requests.push(chunk)) {
			const { id, operation } = headOf(message);
			if (operation === EXTENDED && message.includes(START_TLS)) this.opaque = true;
			const fault = this.opaque ? 'pass' : this.decide(operation);
			if (fault === 'cutBefore') return this.reset();
			this.faults.set(id, fault);
			this.server.write(message);
		}
	}

	private fromServerSide(chunk: Buffer): void {
		if (this.opaque) return void this.socket.write(chunk);
		for (const message of this.answers.push(chunk)) {
			const { id, operation } = headOf(message);
			const fault = this.faults.get(id);
			if (fault === 'swallow') continue;
			if (fault === 'cutAfter' && !ENTRY_OR_LIKE.has(operation)) return this.reset();
			this.socket.write(message);
		}
	}
}

function headOf(message: Buffer): { id: number; operation: number } {
	const reader = new BerReader(message).into(0x30);
	const id = reader.next(0x02);
	return { id: id.readUIntBE(0, id.length), operation: reader.tag ?? 0 };
}
