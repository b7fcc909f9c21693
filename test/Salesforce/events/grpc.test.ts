import * as grpc from '@grpc/grpc-js';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { GrpcConnection } from '../../../nodes/Salesforce/transport/events/grpc';
import { failureOf } from '../../S3/clientOf';
import { authority } from '../../shared/transport/certificates';

const { issue, ca, remove } = authority();
const { cert, key } = issue('server', ['DNS:localhost']);
remove();

const closing: Array<() => void> = [];
afterEach(() => {
	for (const close of closing.splice(0)) close();
});

const open = async (origin: string) => {
	const stop = new AbortController();
	closing.push(() => stop.abort());
	return await GrpcConnection.open({ origin, tls: { ca }, signal: stop.signal });
};

/** Gives back what it gets, so many times. */
const echo = {
	path: '/test.Echo/Call',
	requestStream: false,
	responseStream: false,
	requestSerialize: (bytes: Buffer) => bytes,
	requestDeserialize: (bytes: Buffer) => bytes,
	responseSerialize: (bytes: Buffer) => bytes,
	responseDeserialize: (bytes: Buffer) => bytes,
} as const;

test('encrypted, as at Salesforce: a call of each size, messages larger than any window', async () => {
	const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
	server.addService(
		{ Call: echo },
		{
			Call: (call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) =>
				done(null, call.request),
		},
	);
	const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
	const port = await new Promise<number>((resolve, reject) => {
		const credentials = grpc.ServerCredentials.createSsl(null, [pair]);
		server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
			error ? reject(error) : resolve(bound),
		);
	});
	closing.push(() => server.forceShutdown());
	const connection = await open(`https://localhost:${port}`);
	for (const length of [0, 1, 20_000, 9_000_000]) {
		const sent = Buffer.alloc(length, 7);
		const received = await connection.call(echo.path, { note: 'x' }, sent, 20_000);
		expect(received.equals(sent)).toBe(true);
	}
	const failure = await failureOf(connection.call('/test.Echo/No', {}, Buffer.alloc(1), 5_000));
	expect(failure).toMatchObject({ code: 'UNIMPLEMENTED', kind: 'invalid', phase: 'rejected' });
});

test('what a proxy or a load balancer answers in place of the server', async () => {
	const server = http2.createServer();
	const answers = [503, 429, 403];
	server.on('stream', (stream) => {
		stream.on('error', () => {});
		stream.respond({ ':status': answers.shift(), 'content-type': 'text/html' });
		stream.end('<html>no</html>');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closing.push(() => server.close());
	const connection = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const kinds = [];
	for (let n = 0; n < 3; n++) {
		const { kind, code } = await failureOf(connection.call('/a/b', {}, Buffer.alloc(1), 5_000));
		kinds.push([kind, code]);
	}
	expect(kinds).toEqual([
		...[
			['unavailable', 'HTTP_503'],
			['throttled', 'HTTP_429'],
			['invalid', 'HTTP_403'],
		],
	]);
});

test('a call on a connection that is gone: a broken connection, no fault of ours', async () => {
	const server = http2.createServer();
	server.on('session', (session) => session.on('error', () => {}));
	server.on('stream', (stream) => {
		stream.on('error', () => {});
		stream.session?.destroy();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	closing.push(() => server.close());
	const connection = await open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	await failureOf(connection.call('/a/b', {}, Buffer.alloc(1), 500));
	const failure = await failureOf(connection.call('/a/b', {}, Buffer.alloc(1), 500));
	expect(failure).toMatchObject({ kind: 'network', scope: 'host' });
});
