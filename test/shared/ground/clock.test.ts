import { getEventListeners } from 'node:events';
import { reasonOf, sleep, systemClock } from '../../../nodes/shared/ground/clock';
import { virtualClock } from '../virtualClock';

test('sleeps as long as asked, and leaves nothing behind', async () => {
	const clock = virtualClock();
	const { signal } = new AbortController();
	let awake = false;
	const sleeping = sleep(clock, 1_000, signal).then(() => {
		awake = true;
	});
	await clock.advance(999);
	expect(awake).toBe(false);
	await clock.advance(1);
	await sleeping;
	expect(awake).toBe(true);
	expect(getEventListeners(signal, 'abort')).toHaveLength(0);
	expect(clock.pending()).toBe(0);
});

test('wakes with the reason at once when it is aborted, and leaves nothing behind', async () => {
	const clock = virtualClock();
	const controller = new AbortController();
	const sleeping = sleep(clock, 60_000, controller.signal);
	const reason = new Error('enough');
	controller.abort(reason);
	await expect(sleeping).rejects.toBe(reason);
	expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
	expect(clock.pending()).toBe(0);
});

test('does not even begin when the signal is aborted already', async () => {
	const clock = virtualClock();
	await expect(sleep(clock, 1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
	expect(clock.pending()).toBe(0);
});

test('the reason is an Error even where the aborting side gave none', () => {
	const controller = new AbortController();
	controller.abort('just a word');
	expect(reasonOf(controller.signal)).toBeInstanceOf(Error);
});

test('the real clock: a delay of months does not fire at once, and a negative one does', async () => {
	let early = false;
	const cancel = systemClock.timer(90 * 24 * 3_600_000, () => {
		early = true;
	});
	await new Promise<void>((resolve) => systemClock.timer(-5, resolve));
	await sleep(systemClock, 20);
	cancel();
	expect(early).toBe(false);
});
