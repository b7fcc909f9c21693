import { defaultAccount, startS3Sandbox } from './server.ts';

/**
 * The server on its own: `node sandbox/s3/main.ts [port]`. Prints one line of JSON with the endpoint,
 * the region and the keys, and serves until SIGINT or SIGTERM.
 */
async function main(): Promise<void> {
	const sandbox = await startS3Sandbox({ port: Number(process.argv[2] ?? 0) });
	const { endpoint, region } = sandbox;
	console.log(JSON.stringify({ endpoint, region, ...defaultAccount }));
	const stop = () => void sandbox.close();
	process.once('SIGINT', stop).once('SIGTERM', stop);
}

void main();
