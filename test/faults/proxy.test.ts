import {
	CreateBucketCommand,
	GetObjectCommand,
	PutObjectCommand,
	S3Client,
} from '@aws-sdk/client-s3';
import { connect } from 'node:net';
import { startEffectOracle } from '../../sandbox/faults/effects.ts';
import type { FaultKind, FaultProxyOptions } from '../../sandbox/faults/proxy.ts';
import { randomFaults, startFaultProxy } from '../../sandbox/faults/proxy.ts';
import { defaultAccount, startS3Sandbox } from '../../sandbox/s3/server.ts';
import { byteRecorder, exchangeBytes } from './rawHttp';

// The proxy is judged by plain sockets, by Node's fetch and by Amazon's SDK, not by our own client.

const cleanUp: Array<() => Promise<void>> = [];
afterEach(async () => {
	for (const close of cleanUp.splice(0).reverse()) await close();
});

async function beforeOracle(options: Partial<FaultProxyOptions> = {}) {
	const oracle = await startEffectOracle();
	const proxy = await startFaultProxy({ upstream: oracle.origin, ...options });
	cleanUp.push(oracle.close, proxy.close);
	return { oracle, proxy };
}

const post = (key: string, body = 'value') =>
	`POST /effects/${key} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test('method, target and headers go through byte for byte, Host and order included', async () => {
	const upstream = await byteRecorder('HTTP/1.1 204 Fine So Far\r\nx-ODD: 1\r\nX-odd: 2\r\n\r\n');
	const proxy = await startFaultProxy({ upstream: upstream.origin });
	cleanUp.push(upstream.close, proxy.close);
	const request =
		'DELETE /a/../%2e%2E//b%20c+d?x=%2F&&y HTTP/1.1\r\nhOST: else.where:1\r\nX-a: 1\r\nx-A: 2\r\n' +
		'X-Empty: \r\nX-Latin: \xe9\r\nconnection: close\r\n\r\n';
	const { answer } = await exchangeBytes(proxy.port, request);
	expect(upstream.received()).toBe(request);
	expect(answer).toContain('HTTP/1.1 204 Fine So Far\r\nx-ODD: 1\r\nX-odd: 2\r\n');
});

test('bodies stream: the server has the first bytes while the client still sends', async () => {
	const upstream = await byteRecorder('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
	const proxy = await startFaultProxy({ upstream: upstream.origin });
	cleanUp.push(upstream.close, proxy.close);
	let sendRest = () => {};
	const rest = new Promise<void>((resolve) => (sendRest = resolve));
	const body = new ReadableStream({
		async start(controller) {
			controller.enqueue(Buffer.from('first'));
			await rest;
			controller.enqueue(Buffer.from('END'));
			controller.close();
		},
	});
	const answer = fetch(`${proxy.origin}/x`, { method: 'POST', body, duplex: 'half' });
	while (!upstream.received().includes('first')) await new Promise((r) => setTimeout(r, 5));
	sendRest();
	expect((await answer).status).toBe(200);
});

test("Amazon's SDK signs and reads through it, and the server accepts every signature", async () => {
	const sandbox = await startS3Sandbox();
	const proxy = await startFaultProxy({ upstream: sandbox.endpoint });
	cleanUp.push(sandbox.close, proxy.close);
	const s3 = new S3Client({
		endpoint: proxy.origin,
		region: 'us-east-1',
		forcePathStyle: true,
		credentials: defaultAccount,
	});
	const signed = { Bucket: 'bucket', Key: 'ü +/x' };
	await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }));
	await s3.send(new PutObjectCommand({ ...signed, Body: 'hello' }));
	const { Body } = await s3.send(new GetObjectCommand(signed));
	expect(await Body?.transformToString()).toBe('hello');
	s3.destroy();
});

test('the same seed decides the same, another one differently, and the rates are kept', () => {
	const rates = { throttle: 0.05, unavailable: 0.05, resetAfter: 0.1 };
	const draw = (seed: number) => {
		const decide = randomFaults(seed, rates);
		return Array.from({ length: 20_000 }, (_, number) => decide({ number, method: '', path: '' }));
	};
	const first = draw(1);
	expect(draw(1)).toEqual(first);
	expect(draw(2)).not.toEqual(first);
	const share = (kind: FaultKind) => first.filter((one) => one === kind).length / first.length;
	// Three standard deviations of a binomial distribution.
	for (const [kind, rate] of Object.entries(rates))
		expect(Math.abs(share(kind as FaultKind) - rate)).toBeLessThan(
			3 * Math.sqrt((rate * (1 - rate)) / 20_000),
		);
	expect(() => randomFaults(1, { error: 0.7, drip: 0.4 })).toThrow('1.1');
});

test.each<[FaultKind, number, RegExp]>([
	['pass', 1, /^HTTP\/1.1 201 [^]*"commits":1/],
	['throttle', 0, /^HTTP\/1.1 429 (?![^]*retry-after)/i],
	['throttleSeconds', 0, /^HTTP\/1.1 429 [^]*retry-after: 7\r\n/i],
	['throttleDate', 0, /^HTTP\/1.1 429 [^]*retry-after: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/i],
	['unavailable', 0, /^HTTP\/1.1 503 /],
	['error', 0, /^HTTP\/1.1 500 /],
	['resetBefore', 0, /^$/],
	['resetAfter', 1, /^$/],
	['latency', 1, /^HTTP\/1.1 201 /],
	['drip', 1, /^HTTP\/1.1 201 [^]*"commits":1/],
	['dripBody', 1, /^HTTP\/1.1 201 [^]*"commits":1/],
	['truncate', 1, /^HTTP\/1.1 201 [^]*\r\n\r\n(?![^]*\})/],
	['duplicate', 2, /^HTTP\/1.1 201 [^]*"commits":2/],
])('%s has %i effects, and the client sees %s', async (kind, commits, seen) => {
	const { oracle, proxy } = await beforeOracle({
		faults: () => kind,
		retryAfterSeconds: 7,
		dripMs: 1,
		latencyMs: 120,
	});
	const { answer, reset, tookMs } = await exchangeBytes(proxy.port, post('k'));
	expect(answer).toMatch(seen);
	expect(reset).toBe(kind.startsWith('reset'));
	expect(oracle.effects.get('k')?.commits ?? 0).toBe(commits);
	expect(proxy.counts.get(kind)).toBe(1);
	expect(proxy.upstreamErrors).toBe(0);
	if (kind === 'latency') expect(tookMs).toBeGreaterThanOrEqual(119);
	if (kind === 'drip') expect(tookMs).toBeGreaterThanOrEqual(answer.length);
	await vanished(proxy);
});

test('a half-open request is never answered, and the proxy sees who gives up', async () => {
	const { oracle, proxy } = await beforeOracle({ faults: () => 'halfOpen' });
	const gaveUp = await fetch(`${proxy.origin}/effects/k`, {
		method: 'PUT',
		body: 'x',
		signal: AbortSignal.timeout(100),
	}).catch((error: Error) => error.name);
	expect(gaveUp).toBe('TimeoutError');
	await vanished(proxy);
	expect(proxy.requests).toMatchObject([{ fault: 'halfOpen', delivered: 0, endedBy: 'client' }]);
	expect(oracle.effects.size).toBe(0);
});

test('an outage resets or refuses everything, open connections too, until it ends', async () => {
	const { oracle, proxy } = await beforeOracle();
	const put = async () =>
		await fetch(`${proxy.origin}/effects/k`, { method: 'PUT', body: 'x' }).then(
			({ status }) => status,
			(error: Error & { cause?: { code?: string } }) => error.cause?.code,
		);
	expect(await put()).toBe(201);
	await proxy.outage('reset');
	expect(proxy.openConnections()).toBe(0);
	expect(await put()).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
	expect(await exchangeBytes(proxy.port, post('k'))).toMatchObject({ answer: '', reset: true });
	expect(proxy.refusedConnections).toBeGreaterThanOrEqual(1);
	await proxy.outage('refuse');
	expect(await put()).toBe('ECONNREFUSED');
	await proxy.outage('off');
	expect(await put()).toBe(201);
	expect(oracle.effects.get('k')?.commits).toBe(2);
});

test('the oracle: POST counts, a key counts once, another body under the key is refused', async () => {
	const { oracle } = await beforeOracle();
	const send = async (method: string, key: string, body: string, idempotencyKey?: string) => {
		const headers = idempotencyKey ? { 'idempotency-key': idempotencyKey } : undefined;
		const answer = await fetch(`${oracle.origin}/effects/${key}`, { method, body, headers });
		return [answer.status, ((await answer.json()) as { commits?: number }).commits];
	};
	expect(await send('POST', 'plain', 'a')).toEqual([201, 1]);
	expect(await send('POST', 'plain', 'a')).toEqual([201, 2]);
	expect(await send('POST', 'keyed', 'a', 'k1')).toEqual([201, 1]);
	expect(await send('POST', 'keyed', 'a', 'k1')).toEqual([201, 1]);
	expect(await send('POST', 'keyed', 'b', 'k1')).toEqual([422, undefined]);
	expect(oracle.effects.get('keyed')).toEqual({ commits: 1, deliveries: 3, value: 'a' });
	expect((await fetch(`${oracle.origin}/effects/none`)).status).toBe(404);
	const cut = connect(Number(new URL(oracle.origin).port));
	cut.end('POST /effects/cut HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc');
	await new Promise((resolve) => cut.resume().once('close', resolve));
	expect(oracle.effects.has('cut')).toBe(false);
});

/** No connection of a client is left, within a second. */
async function vanished(proxy: { openConnections(): number; busyConnections(): number }) {
	const until = Date.now() + 1_000;
	while (proxy.openConnections() > 0 && Date.now() < until)
		await new Promise((resolve) => setTimeout(resolve, 5));
	expect([proxy.openConnections(), proxy.busyConnections()]).toEqual([0, 0]);
}
