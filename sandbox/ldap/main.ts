import { startLdapSandbox } from './server.ts';

/**
 * The server on its own: `node sandbox/ldap/main.ts [port] [activeDirectory]`. Prints one line of
 * JSON with the addresses, the certificate and the administrator, and serves until SIGINT or SIGTERM.
 */
async function main(): Promise<void> {
	const [port = '0', name] = process.argv.slice(2);
	const personality = name === 'activeDirectory' ? name : 'openLdap';
	const sandbox = await startLdapSandbox({ port: Number(port), personality });
	const { url, tlsUrl, ca, base, admin } = sandbox;
	console.log(JSON.stringify({ url, tlsUrl, ca, base, admin }));
	const stop = () => void sandbox.stop();
	process.once('SIGINT', stop).once('SIGTERM', stop);
}

void main();
