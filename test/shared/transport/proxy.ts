import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { RawServer } from './rawServer';
import { listen } from './rawServer';

export interface Proxy extends Omit<RawServer, 'requests'> {
	/** "GET http://..." and "CONNECT host:port", as they stood in the request line */
	seen: Array<{ line: string; headers: IncomingMessage['headers'] }>;
}

interface Behaviour {
	/** status of the answer to CONNECT; 0: no answer at all */
	connect?: number;
	/** "user:password" that is demanded */
	auth?: string;
	tls?: { cert: string; key: string };
}

/** A proxy as small as it gets: forwards plain requests and makes tunnels. */
export async function proxy({ connect = 200, auth, tls }: Behaviour = {}): Promise<Proxy> {
	const seen: Proxy['seen'] = [];
	const server = tls ? https.createServer(tls) : http.createServer();
	const listening = await listen(server);
	const wanted = auth && `Basic ${Buffer.from(auth).toString('base64')}`;
	const note = ({ method, url, headers }: IncomingMessage) => {
		seen.push({ line: `${method} ${url}`, headers });
		return !wanted || headers['proxy-authorization'] === wanted;
	};
	server.on('request', (request, response) => {
		if (!note(request)) {
			response.writeHead(407).end();
			return;
		}
		const [, host = '', port = '80', path = '/'] =
			/^http:\/\/([^/:]+):?(\d*)(.*)$/.exec(request.url ?? '') ?? [];
		const { method, headers } = request;
		const onwards = http.request({ host, port, method, path, headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 500, answer.headers);
			answer.pipe(response);
		});
		onwards.on('error', () => response.destroy());
		request.pipe(onwards);
	});
	server.on('connect', (request: IncomingMessage, socket: net.Socket, rest: Buffer) => {
		if (connect === 0) {
			note(request);
			// Or it would not notice that the other side has gone.
			socket.resume().on('end', () => socket.end());
			return;
		}
		const status = note(request) ? connect : 407;
		if (status !== 200) {
			socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
			return;
		}
		const [host = '', port = ''] = (request.url ?? '').split(':');
		const onwards = net.connect(Number(port), host.replace('localhost', '127.0.0.1'), () => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			onwards.write(rest);
			socket.pipe(onwards).pipe(socket);
		});
		onwards.on('error', () => socket.destroy());
		onwards.on('close', () => socket.destroy());
		socket.on('close', () => onwards.destroy());
	});
	const scheme = tls ? 'https' : 'http';
	return { ...listening, origin: `${scheme}://127.0.0.1:${listening.port}`, seen };
}

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/** The proxy settings of this process, and of nothing else, while a test runs. */
export function proxySettings(): (settings: Record<string, string>) => void {
	const names = NAMES.flatMap((name) => [name, name.toLowerCase()]);
	const before = names.map((name): [string, string | undefined] => [name, process.env[name]]);
	const set = (settings: Record<string, string>) => {
		for (const name of names) Reflect.deleteProperty(process.env, name);
		Object.assign(process.env, settings);
	};
	beforeEach(() => set({}));
	afterAll(() => {
		for (const [name, value] of before) {
			if (value === undefined) Reflect.deleteProperty(process.env, name);
			else process.env[name] = value;
		}
	});
	return set;
}
