import type { ChildProcess } from 'node:child_process';
import type { Daemons } from './daemons.ts';

/** A directory server of the tests. */
export interface Directory {
	/** as in "ldap://127.0.0.1:12345" */
	url: string;
	tlsUrl: string;
	port: number;
	tlsPort: number;
	/** PEM of the authority of the server */
	ca: string;
	base: string;
	/** without limits */
	admin: { dn: string; password: string };
	user: { uid: string; password: string; dn: string };
	stop(): Promise<void>;
	/** Ends the server, by default without warning, and starts it again with the same entries and ports. */
	restart(by?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a directory server, again with every `restart`.
 * @param start resolves when it answers
 */
export async function startedDirectory(
	daemons: Daemons,
	facts: Pick<Directory, 'port' | 'tlsPort' | 'ca' | 'base' | 'admin' | 'user'>,
	start: () => Promise<ChildProcess>,
): Promise<Directory> {
	let daemon = await start();
	return {
		url: `ldap://127.0.0.1:${facts.port}`,
		tlsUrl: `ldaps://127.0.0.1:${facts.tlsPort}`,
		...facts,
		stop: async () => await daemons.stop(),
		restart: async (by) => {
			await daemons.end(daemon, by);
			daemon = await start();
		},
	};
}

/** Waits until the server answers a search for one entry. @param signIn arguments of ldapsearch */
export async function directoryAnswers(
	daemons: Daemons,
	url: string,
	base = '',
	signIn: string[] = [],
): Promise<void> {
	const search = ['-x', ...signIn, '-H', url, '-s', 'base', '-b', base, '-LLL', '1.1'];
	await daemons.answers(async () => await daemons.run('ldapsearch', ...search));
}
