import { startSalesforceSandbox } from './server.ts';

/**
 * The server on its own: `node sandbox/salesforce/main.ts [port]`. Prints one line of JSON with the
 * addresses and the keys of the app, and serves until SIGINT or SIGTERM.
 */
async function main(): Promise<void> {
	const sandbox = await startSalesforceSandbox({ port: Number(process.argv[2] ?? 0) });
	const { url, loginUrl, organizationId, clientId, clientSecret, privateKey, username } = sandbox;
	const { pubSubEndpoint } = sandbox;
	const accessToken = sandbox.accessToken();
	console.log(
		JSON.stringify({
			url,
			loginUrl,
			pubSubEndpoint,
			organizationId,
			clientId,
			clientSecret,
			privateKey,
			username,
			accessToken,
		}),
	);
	const stop = () => void sandbox.close();
	process.once('SIGINT', stop).once('SIGTERM', stop);
}

void main();
