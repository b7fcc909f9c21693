import { Budget } from '../../../nodes/shared/resilience/budget';
import { seeded } from '../virtualClock';

const drain = (budget: Budget, throttled: boolean) => {
	let taken = 0;
	while (budget.take(throttled) !== undefined) taken++;
	return taken;
};

// 500 tokens, 14 for a retry after a transient failure, 5 after throttling (AWS SDK retries 2.1).
test('an outage is stopped after 35 retries, throttling after 100', () => {
	expect(drain(new Budget(), false)).toBe(35);
	expect(drain(new Budget(), true)).toBe(100);
});

test('a refused retry costs nothing, and a cheaper one may still be had', () => {
	const budget = new Budget();
	drain(budget, false);
	expect(budget.left).toBe(10);
	expect(budget.take(false)).toBeUndefined();
	expect(budget.left).toBe(10);
	expect(budget.take(true)).toBe(5);
});

test('a retry that succeeds is paid back in full, a first try brings one token', () => {
	const budget = new Budget();
	const price = budget.take(false) ?? 0;
	budget.give(price);
	expect(budget.left).toBe(500);
	drain(budget, false);
	for (let n = 0; n < 4; n++) budget.give(0);
	expect(budget.left).toBe(14);
	expect(budget.take(false)).toBe(14);
});

test('never holds more than 500', () => {
	const budget = new Budget();
	for (let n = 0; n < 10; n++) budget.give(14);
	expect(budget.left).toBe(500);
});

test.each([1, 2, 3])('20 %% random faults never exhaust it in 200,000 calls (seed %i)', (seed) => {
	const budget = new Budget();
	const random = seeded(seed);
	let lowest = 500;
	for (let call = 0; call < 200_000; call++) {
		let paid = 0;
		for (let attempt = 1; random() < 0.2 && attempt < 5; attempt++) {
			const price = budget.take(false);
			if (price === undefined) lowest = 0;
			paid += price ?? 0;
		}
		budget.give(paid);
		lowest = Math.min(lowest, budget.left);
	}
	expect(lowest).toBeGreaterThan(100);
});

test('60 % faults do exhaust it', () => {
	const budget = new Budget();
	const random = seeded(4);
	let refused = 0;
	for (let call = 0; call < 5_000; call++) {
		let paid = 0;
		let attempt = 1;
		for (; random() < 0.6 && attempt < 5; attempt++) {
			const price = budget.take(false);
			if (price === undefined) refused++;
			paid += price ?? 0;
		}
		if (attempt < 5) budget.give(paid);
	}
	expect(refused).toBeGreaterThan(0);
});
