import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Identity {
	cert: string;
	key: string;
}

/** A certificate authority of its own, in a folder that is removed at once. */
export interface Authority {
	ca: string;
	/**
	 * @param names subject alternative names: "IP:127.0.0.1", "DNS:s3.example"
	 * @param days how long it is valid; negative: it has expired
	 */
	issue(commonName: string, names?: string[], days?: number): Identity;
	remove(): void;
}

export function authority(): Authority {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ca-'));
	const file = (name: string) => path.join(folder, name);
	const read = (name: string) => fs.readFileSync(file(name), 'utf8');
	const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' });
	const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	openssl(
		...['req', '-x509', ...ec, '-days', '2', '-subj', '/CN=Test Authority'],
		...['-keyout', file('ca.key'), '-out', file('ca.pem')],
	);
	return {
		ca: read('ca.pem'),
		issue(commonName, names = [], days = 2) {
			openssl(
				...['req', ...ec, '-subj', `/CN=${commonName}`],
				...['-keyout', file('own.key'), '-out', file('own.csr')],
			);
			fs.writeFileSync(
				file('names'),
				names.length > 0 ? `subjectAltName=${names.join(',')}\n` : 'basicConstraints=CA:FALSE\n',
			);
			openssl(
				...['x509', '-req', '-days', String(days), '-in', file('own.csr'), '-out', file('own.pem')],
				...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'],
				...['-extfile', file('names')],
			);
			return { cert: read('own.pem'), key: read('own.key') };
		},
		remove: () => fs.rmSync(folder, { recursive: true, force: true }),
	};
}

/** The same key, to be opened with a passphrase only. */
export function locked(key: string, passphrase: string): string {
	return execFileSync(
		'openssl',
		['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${passphrase}`],
		{ input: key, encoding: 'utf8' },
	);
}

/** A server of OpenSSL that demands a client certificate of this authority. */
export async function opensslServer(
	{ cert, key }: Identity,
	ca: string,
): Promise<{ origin: string; close(): Promise<void> }> {
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 's-server-'));
	for (const [name, pem] of Object.entries({ cert, key, ca }))
		fs.writeFileSync(path.join(folder, name), pem);
	const server = spawn(
		'openssl',
		[
			...['s_server', '-accept', '127.0.0.1:0', '-www', '-cert', 'cert', '-key', 'key'],
			...['-CAfile', 'ca', '-Verify', '2', '-verify_return_error'],
		],
		{ cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] },
	);
	const exited = new Promise((resolve) => server.once('exit', resolve));
	const port = await new Promise<string>((resolve, reject) => {
		let printed = '';
		server.stdout.on('data', (text: Buffer) => {
			printed += text.toString();
			const found = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(printed);
			if (found?.[1]) resolve(found[1]);
		});
		server.once('exit', () => reject(new Error(`openssl s_server ended: ${printed}`)));
	});
	return {
		origin: `https://127.0.0.1:${port}`,
		close: async () => {
			server.kill();
			await exited;
			fs.rmSync(folder, { recursive: true, force: true });
		},
	};
}
