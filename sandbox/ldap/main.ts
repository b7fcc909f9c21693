import { startLdapSandbox } from './server.ts';

/**
 * The server on its own: `node sandbox/ldap/main.ts [port]`. Prints one line of JSON with the
 * addresses, the certificate and the administrator, and serves until SIGINT or SIGTERM.
 */
async function main(): Promise<void> {
	const sandbox = await startLdapSandbox({ port: Number(process.argv[2] ?? 0) });
	const { url, tlsUrl, ca, base, admin } = sandbox;
	console.log(JSON.stringify({ url, tlsUrl, ca, base, admin }));
	const stop = () => void sandbox.stop();
	process.once('SIGINT', stop).once('SIGTERM', stop);
}

void main();
