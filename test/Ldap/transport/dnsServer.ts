import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { SrvRecord } from '../../../nodes/Ldap/transport/srv';

const SRV = 33;
const NAME_ERROR = 3;

const encodeName = (name: string) =>
	Buffer.concat([
		...name
			.split('.')
			.filter(Boolean)
			.map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
		Buffer.from([0]),
	]);

function answer(question: Buffer, { name, port, priority, weight }: SrvRecord): Buffer {
	const target = encodeName(name);
	const head = Buffer.alloc(18);
	// The name of the question, 12 bytes from the beginning (RFC 1035 section 4.1.4).
	head.writeUInt16BE(0xc00c, 0);
	question.copy(head, 2, question.length - 4);
	head.writeUInt32BE(60, 6);
	head.writeUInt16BE(6 + target.length, 10);
	head.writeUInt16BE(priority, 12);
	head.writeUInt16BE(weight, 14);
	head.writeUInt16BE(port, 16);
	return Buffer.concat([head, target]);
}

/** A DNS server on 127.0.0.1 that knows these SRV records and says that there are no others. */
export async function startDns(records: Record<string, SrvRecord[]>) {
	const asked: string[] = [];
	const socket = createSocket('udp4');
	socket.on('message', (query, from) => {
		let end = 12;
		const labels: string[] = [];
		for (let size = query[end] ?? 0; size > 0; size = query[end] ?? 0) {
			labels.push(query.toString('latin1', end + 1, end + 1 + size));
			end += 1 + size;
		}
		const name = labels.join('.');
		asked.push(name);
		const question = query.subarray(12, end + 5);
		const isSrv = query.readUInt16BE(end + 1) === SRV;
		const found = (isSrv && records[name]) || [];
		const head = Buffer.alloc(12);
		query.copy(head, 0, 0, 2);
		head.writeUInt16BE(0x8580 | (found.length > 0 ? 0 : NAME_ERROR), 2);
		head.writeUInt16BE(1, 4);
		head.writeUInt16BE(found.length, 6);
		const reply = [head, question, ...found.map((record) => answer(question, record))];
		socket.send(Buffer.concat(reply), from.port, from.address);
	});
	socket.bind(0, '127.0.0.1');
	await once(socket, 'listening');
	return {
		server: `127.0.0.1:${socket.address().port}`,
		/** names that were asked for, in order */
		asked,
		close: () => socket.close(),
	};
}
