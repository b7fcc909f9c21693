import { NodeBench, rowsOf, TEXT } from './nodeBench';

const KEY = 'customer-key-that-nobody-may-see';

let bench: NodeBench;
beforeAll(async () => {
	bench = await NodeBench.open();
}, 60_000);
afterAll(async () => await bench.sandbox.close());

test('the key of SSE-C that an item brings is not in the failed record', async () => {
	const settings = { method: 'customer', customerKey: '={{ $json.secret }}' };
	const run = await bench.run(
		'object',
		'upload',
		{ ...TEXT, options: { encryption: { settings } }, resilience: { failedOutput: true } },
		[{ json: { bucket: 'good', key: 'k', secret: KEY } }],
	);
	const [failed] = rowsOf(run, 1);
	// The endpoint of the bench has no TLS.
	expect(failed?.json.error).toMatchObject({ code: 'INVALID_PARAMETER', phase: 'notSent' });
	expect(JSON.stringify(failed)).toContain('in the clear');
	expect(JSON.stringify(failed)).not.toContain(KEY);
	expect(bench.stored('k')).toBeUndefined();
});
