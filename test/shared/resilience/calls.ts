import { resilient } from '../../../nodes/shared/resilience';
import type { ResilienceSettings, Send } from '../../../nodes/shared/resilience';
import type { FailureDetails } from '../../../nodes/shared/resilience/failure';
import { Failure } from '../../../nodes/shared/resilience/failure';
import type { About } from '../../../nodes/shared/resilience/policy';
import { Registry } from '../../../nodes/shared/resilience/registry';
import type { VirtualClock } from '../virtualClock';
import { virtualClock } from '../virtualClock';

export const about = (details: Partial<About> = {}): About => ({
	system: 'test',
	operation: 'Do',
	scope: 'credential at host',
	repeatable: true,
	...details,
});

export const failing = (details: Partial<FailureDetails> = {}): Failure =>
	new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: 'HTTP 503',
		message: 'Service Unavailable',
		status: 503,
		...details,
	});

export const throttled = (retryAfterMs?: number): Failure =>
	failing({ kind: 'throttled', code: 'SlowDown', message: 'too many', status: 429, retryAfterMs });

export interface Bench {
	clock: VirtualClock;
	registry: Registry;
	send: Send;
	/** another node or run of the same process */
	another(settings?: Partial<ResilienceSettings>): Send;
}

/** All policies on a virtual clock; backoff and gate pause as long as they can (random: 0.999). */
export function bench(settings: Partial<ResilienceSettings> = {}): Bench {
	const clock = virtualClock();
	const random = settings.random ?? (() => 0.999_999);
	const registry = new Registry(clock, random);
	const another = (own: Partial<ResilienceSettings> = {}) =>
		resilient({
			maxAttempts: 5,
			deadlineMs: 900_000,
			onOutage: 'wait',
			limits: { concurrency: 50, perSecond: 0 },
			registry,
			clock,
			random,
			...settings,
			...own,
		});
	return { clock, registry, send: another(), another };
}

/** What a call came to, without waiting for it. */
export function outcomeOf<T>(call: Promise<T>): { value?: T; failure?: Failure; done: boolean } {
	const outcome: { value?: T; failure?: Failure; done: boolean } = { done: false };
	call.then(
		(value) => Object.assign(outcome, { value, done: true }),
		(failure: unknown) => Object.assign(outcome, { failure, done: true }),
	);
	return outcome;
}

/** An attempt that hangs until it is told to stop, as the wire does. */
export const hanging = async (signal: AbortSignal): Promise<never> =>
	await new Promise((_resolve, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
	});
