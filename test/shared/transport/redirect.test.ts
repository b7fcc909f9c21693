import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { needs } from '../../needs';
import { authority } from './certificates';
import { client, get } from './client';
import type { RawServer } from './rawServer';
import { listen, rawServer, reply } from './rawServer';

let home: RawServer;
let abroad: RawServer;
let to: (path: string) => string;

const headers = {
	authorization: 'Bearer secret',
	cookie: 'session=secret',
	'x-amz-security-token': 'secret',
	'x-api-key': 'secret',
	'proxy-authorization': 'secret',
	range: 'bytes=0-9',
	accept: 'text/xml',
};

beforeEach(async () => {
	to = (path) => path;
	home = await rawServer((socket, { line }) => {
		const [, path = ''] = line.split(' ');
		const moved = path.startsWith('/moved');
		socket.write(
			moved ? reply('gone', '307 Temporary Redirect', [`Location: ${to(path)}`]) : reply('at home'),
		);
	});
	abroad = await rawServer((socket) => socket.write(reply('abroad')));
});
afterEach(async () => {
	await home.close();
	await abroad.close();
});

const names = (server: RawServer, n = 0) =>
	server.requests[n]?.headers.map((line) => line.split(':')[0]?.toLowerCase()).toSorted();

test('is not followed unless asked for', async () => {
	to = () => `${abroad.origin}/x`;
	const answer = await client().buffer(get(home.origin, { path: '/moved', headers }));
	expect(answer).toMatchObject({ status: 307, headers: { location: `${abroad.origin}/x` } });
	expect(abroad.requests).toEqual([]);
});

test.each(['/other?a=%20', 'other?a=%20', './other?a=%20'])(
	'on the same server %s keeps all headers, and the connection',
	async (location) => {
		to = () => location;
		const answer = await client().buffer(
			get(home.origin, { path: '/moved', headers, redirects: 1 }),
		);
		expect(answer.body.toString()).toBe('at home');
		expect(home.requests[1]?.line).toBe('GET /other?a=%20 HTTP/1.1');
		expect(names(home, 1)).toEqual(names(home, 0));
	},
);

test('to another server no credential travels', async () => {
	to = () => `${abroad.origin}/x`;
	const answer = await client().buffer(get(home.origin, { path: '/moved', headers, redirects: 3 }));
	expect(answer.body.toString()).toBe('abroad');
	expect(names(abroad)).toEqual(['accept', 'connection', 'host', 'range', 'user-agent']);
	expect(abroad.requests[0]?.headers).toContain(`Host: 127.0.0.1:${abroad.port}`);
	expect(JSON.stringify(abroad.requests)).not.toContain('secret');
});

test('another name of the same machine is another server', async () => {
	to = () => `http://localhost:${home.port}/x`;
	await client().buffer(get(home.origin, { path: '/moved', headers, redirects: 1 }));
	expect(JSON.stringify(home.requests[1])).not.toContain('secret');
});

test('user and password in the location are not used', async () => {
	to = () => `http://user:pass@127.0.0.1:${abroad.port}/x`;
	await client().buffer(get(home.origin, { path: '/moved', redirects: 1 }));
	expect(names(abroad)).toEqual(['connection', 'host', 'user-agent']);
});

test('back home from abroad they do not come back', async () => {
	await abroad.close();
	abroad = await rawServer((socket) =>
		socket.write(reply('', '302 Found', [`Location: ${home.origin}/end`])),
	);
	to = () => `${abroad.origin}/x`;
	await client().buffer(get(home.origin, { path: '/moved', headers, redirects: 5 }));
	expect(home.requests[1]?.line).toBe('GET /end HTTP/1.1');
	expect(JSON.stringify(home.requests[1])).not.toContain('secret');
});

test.each(['PUT', 'POST', 'DELETE'])('%s is never repeated elsewhere', async (method) => {
	to = () => `${abroad.origin}/x`;
	const request = get(home.origin, { method, path: '/moved', body: 'x', redirects: 5 });
	expect((await client().buffer(request)).status).toBe(307);
	expect(abroad.requests).toEqual([]);
});

test('a circle ends', async () => {
	to = () => '/moved';
	const answer = await client().buffer(get(home.origin, { path: '/moved', redirects: 5 }));
	expect(answer.status).toBe(307);
	expect(home.requests).toHaveLength(6);
	expect(home.connections.length).toBeLessThanOrEqual(6);
});

test.each(['http://', 'http://[', 'ftp://x/y', 'file:///etc/passwd', 'data:text/plain,x', ''])(
	'a location that leads nowhere (%j) is an answer, and its connection is free again',
	async (location) => {
		to = () => location;
		const answer = await client().buffer(get(home.origin, { path: '/moved', redirects: 1 }));
		expect(answer.status).toBe(307);
		expect(answer.body.toString()).toBe('gone');
	},
);

needs('openssl')('with a client certificate', () => {
	test('another server does not learn who we are', async () => {
		const ours = authority();
		const clients: Record<string, string | undefined> = {};
		const serve = async (name: string, location?: string) => {
			const options = {
				...ours.issue('server', ['IP:127.0.0.1', 'DNS:s3.example']),
				ca: ours.ca,
				requestCert: true,
				rejectUnauthorized: false,
			};
			const server = await listen(
				https.createServer(options, (request, response) => {
					const { subject } = (request.socket as TLSSocket).getPeerCertificate();
					clients[name] = subject && String(subject.CN);
					response.writeHead(location ? 302 : 200, location ? { location } : {}).end();
				}),
			);
			return { ...server, origin: server.origin.replace('http:', 'https:') };
		};
		const second = await serve('abroad');
		const first = await serve('home', `${second.origin}/`);
		const tls = { ca: ours.ca, ...ours.issue('me'), servername: 's3.example' };
		const answer = await client({ tls }).buffer(get(first.origin, { redirects: 1 }));
		expect(answer.status).toBe(200);
		expect(clients).toEqual({ home: 'me', abroad: undefined });
		await first.close();
		await second.close();
		ours.remove();
	});
});
