import { Registry, sharedRegistry } from '../../../nodes/shared/resilience/registry';

const limits = { concurrency: 1, perSecond: 0 };

test('one name, one scope; another name, another scope', () => {
	const registry = new Registry();
	expect(registry.scope('a', limits)).toBe(registry.scope('a', limits));
	expect(registry.scope('a', limits)).not.toBe(registry.scope('b', limits));
});

test('the latest limits of a credential hold', () => {
	const registry = new Registry();
	const { limiter } = registry.scope('a', limits);
	const { signal } = new AbortController();
	expect(limiter.acquire(signal)).toBeUndefined();
	registry.scope('a', { concurrency: 2, perSecond: 0 });
	expect(limiter.acquire(signal)).toBeUndefined();
});

test('two copies of the package in one process share one registry', async () => {
	const first = sharedRegistry();
	expect(sharedRegistry()).toBe(first);
	await jest.isolateModulesAsync(async () => {
		const copy = await import('../../../nodes/shared/resilience/registry');
		expect(copy.Registry).not.toBe(Registry);
		expect(copy.sharedRegistry()).toBe(first);
	});
});

test('forgets what was unused for longest, so that it does not grow for ever', () => {
	const registry = new Registry();
	const used = registry.scope('used', limits);
	const unused = registry.scope('unused', limits);
	for (let n = 0; n < 1_500; n++) {
		registry.scope(`other ${n}`, limits);
		registry.scope('used', limits);
	}
	expect(registry.scope('used', limits)).toBe(used);
	expect(registry.scope('unused', limits)).not.toBe(unused);
});
