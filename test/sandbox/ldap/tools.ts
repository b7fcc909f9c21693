import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run, type Outcome } from '../s3/program.ts';

/** A server that the programs of OpenLDAP (Debian: ldap-utils) talk to. */
export interface Target {
	url: string;
	tlsUrl?: string;
	ca?: string;
	admin: { dn: string; password: string };
}

/** An entry as ldapsearch prints it: "dn" and the attributes by their names. */
export type Printed = { dn: string } & Record<string, string[] | string>;

export interface Listening {
	/** Everything printed so far, as soon as it has this text. */
	until(text: string): Promise<string>;
	stop(): Promise<void>;
}

/** The programs of OpenLDAP, bound as the administrator unless told otherwise. */
export class Tools {
	private readonly target: Target;
	private readonly folder = mkdtempSync(path.join(tmpdir(), 'ldap-tools-'));

	constructor(target: Target) {
		this.target = target;
		writeFileSync(path.join(this.folder, 'ca.pem'), target.ca ?? '');
	}

	remove(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** @param how "-x" for anonymous; the default is a simple bind as the administrator */
	async call(program: string, args: string[], input = '', how = this.asAdmin()): Promise<Outcome> {
		const environment = { HOME: this.folder, LDAPTLS_CACERT: path.join(this.folder, 'ca.pem') };
		return await run(program, ['-H', this.target.url, ...how, ...args], environment, input);
	}

	async ldif(program: 'ldapadd' | 'ldapmodify', ldif: string, how?: string[]): Promise<Outcome> {
		return await this.call(program, [], ldif, how);
	}

	/** @param args scope, filter, attributes, controls */
	async search(base: string, args: string[], how?: string[]): Promise<Printed[]> {
		const { code, stdout, output } = await this.call(
			'ldapsearch',
			['-LLL', '-o', 'ldif-wrap=no', '-b', base, ...args],
			'',
			how,
		);
		expect({ code, output }).toMatchObject({ code: 0 });
		return parse(stdout);
	}

	/** A search that stays open; its output grows. */
	listen(base: string, args: string[]): Listening {
		const child = spawn(
			'ldapsearch',
			['-H', this.target.url, ...this.asAdmin(), '-o', 'ldif-wrap=no', '-b', base, ...args],
			{ env: { PATH: process.env.PATH, HOME: this.folder }, stdio: ['ignore', 'pipe', 'pipe'] },
		);
		let output = '';
		let heard = () => {};
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (chunk: Buffer) => {
				output += chunk.toString();
				heard();
			});
		}
		const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
		return {
			async until(text) {
				while (!output.includes(text)) {
					await Promise.race([
						new Promise<void>((resolve) => (heard = resolve)),
						ended.then(() => {
							throw new Error(`ldapsearch ended without ${text}: ${output}`);
						}),
					]);
				}
				return output;
			},
			async stop() {
				child.kill();
				await ended;
			},
		};
	}

	asAdmin(): string[] {
		return this.as(this.target.admin.dn, this.target.admin.password);
	}

	as(name: string, password: string): string[] {
		return ['-x', '-D', name, '-w', password];
	}
}

export function parse(ldif: string): Printed[] {
	return ldif
		.split(/\n\n+/)
		.map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
		.filter((lines) => lines[0]?.startsWith('dn:'))
		.map(([first = '', ...lines]) => {
			const printed: Printed = { dn: valueOf(first) };
			for (const line of lines) {
				const name = line.slice(0, line.indexOf(':'));
				const before = printed[name];
				printed[name] = [...(Array.isArray(before) ? before : []), valueOf(line)];
			}
			return printed;
		});
}

function valueOf(line: string): string {
	const [, colons = '', value = ''] = /^[^:]*(::?) ?(.*)$/.exec(line) ?? [];
	return colons === '::' ? Buffer.from(value, 'base64').toString('latin1') : value;
}
