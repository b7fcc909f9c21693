import type { Socket } from 'node:net';
import net from 'node:net';
import tls from 'node:tls';
import {
	BerReader,
	enumerated,
	integer,
	octets,
	sequence,
	tlv,
} from '../../../sandbox/ldap/ber.ts';
import { Framing } from '../../../sandbox/ldap/framing.ts';
import { listen } from '../../shared/transport/rawServer';

/** One request as it came. */
export interface ScriptedRequest {
	id: number;
	/** its tag (RFC 4511 appendix B) */
	operation: number;
	/** content of the operation */
	content: Buffer;
	/** OIDs of its controls */
	controls: string[];
	/** number of the connection, from 1 */
	connection: number;
}

export interface ScriptedServer {
	port: number;
	requests: ScriptedRequest[];
	connections: Socket[];
	open(): number;
	close(): Promise<void>;
}

/**
 * A server that says what the test tells it to, and nothing by itself. It refuses what is no LDAP
 * by closing the connection.
 */
export async function scriptedServer(
	answer: (socket: Socket, request: ScriptedRequest) => void,
	identity?: { cert: string; key: string },
): Promise<ScriptedServer> {
	const requests: ScriptedRequest[] = [];
	const server = identity ? tls.createServer(identity) : net.createServer();
	const listening = await listen(server);
	let connections = 0;
	server.on(identity ? 'secureConnection' : 'connection', (socket: Socket) => {
		const connection = ++connections;
		const framing = new Framing();
		socket.on('error', () => {});
		socket.on('data', (chunk) => {
			let messages: Buffer[];
			try {
				messages = framing.push(chunk);
			} catch {
				socket.destroy();
				return;
			}
			for (const message of messages) {
				const reader = new BerReader(message).into(0x30);
				const id = reader.next(0x02);
				const operation = reader.tag ?? 0;
				const content = reader.next();
				const controls = reader.more ? oidsIn(reader.into(0xa0)) : [];
				const number = id.readUIntBE(0, id.length);
				const request = { id: number, operation, content, controls, connection };
				requests.push(request);
				answer(socket, request);
			}
		});
	});
	return { ...listening, requests };
}

function oidsIn(controls: BerReader): string[] {
	const oids: string[] = [];
	while (controls.more) oids.push(controls.into(0x30).next(0x04).toString());
	return oids;
}

export const Op = {
	bind: 0x60,
	unbind: 0x42,
	search: 0x63,
	modify: 0x66,
	add: 0x68,
	delete: 0x4a,
	abandon: 0x50,
	compare: 0x6e,
	extended: 0x77,
} as const;

/** The tag of the result of each operation. */
const RESULT: Record<number, number> = {
	[Op.bind]: 0x61,
	[Op.search]: 0x65,
	[Op.modify]: 0x67,
	[Op.add]: 0x69,
	[Op.delete]: 0x6b,
	[Op.extended]: 0x78,
	[Op.compare]: 0x6f,
};

/** A message with the result of a request. */
export const result = (
	{ id, operation }: Pick<ScriptedRequest, 'id' | 'operation'>,
	code = 0,
	text = '',
	more: { matchedDn?: string; after?: Buffer[]; controls?: Buffer[] } = {},
): Buffer =>
	sequence(
		integer(id),
		tlv(
			RESULT[operation] ?? 0x78,
			enumerated(code),
			octets(more.matchedDn ?? ''),
			octets(text),
			...(more.after ?? []),
		),
		...(more.controls ? [tlv(0xa0, ...more.controls)] : []),
	);

/** An entry with one attribute, cn. */
export const entry = (
	id: number,
	dn: string,
	...attributes: Array<[string, ...Array<string | Buffer>]>
): Buffer =>
	sequence(
		integer(id),
		tlv(
			0x64,
			octets(dn),
			sequence(
				...attributes.map(([type, ...values]) =>
					sequence(octets(type), tlv(0x31, ...values.map((value) => octets(value)))),
				),
			),
		),
	);

export const reference = (id: number, ...urls: string[]): Buffer =>
	sequence(integer(id), tlv(0x73, ...urls.map((url) => octets(url))));

/** RFC 4511 section 4.4.1 */
export const noticeOfDisconnection = (code: number, text: string): Buffer =>
	result({ id: 0, operation: Op.extended }, code, text, {
		after: [octets('1.3.6.1.4.1.1466.20036', 0x8a)],
	});

/** The control that ends a page (RFC 2696 section 2). */
export const pageEnd = (cookie: string): Buffer =>
	sequence(octets('1.2.840.113556.1.4.319'), octets(sequence(integer(0), octets(cookie))));
