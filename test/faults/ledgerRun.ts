import { postNode } from './postNode';
import { openWatchedEngine } from './watchedEngine';

// A process of its own, to be killed: node ledgerRun.cjs <origin> <count> runs so many items through
// the node once and prints what became of them.
const [origin = '', count = '0'] = process.argv.slice(2);

async function main() {
	const { engine, nodeTypes } = await openWatchedEngine();
	nodeTypes['test.post'] = await postNode(origin);
	const { outputs, errorOf } = await engine.run(
		{
			type: 'test.post',
			parameters: {
				resource: 'effect',
				operation: 'post',
				key: '={{ $json.key }}',
				resilience: {
					ledger: 'durable',
					ledgerKey: '={{ $json.key }}',
					failedOutput: true,
					concurrency: 16,
					maxAttempts: 8,
				},
			},
		},
		{ items: Array.from({ length: Number(count) }, (_, n) => ({ json: { key: `order-${n}` } })) },
	);
	if (errorOf('E')) throw errorOf('E');
	const [done = [], failed = []] = outputs('E');
	const ended = { done: done.map(({ json }) => json.key), failed: failed.map(({ json }) => json) };
	process.stdout.write(JSON.stringify(ended), () => process.exit(0));
}

void main();
