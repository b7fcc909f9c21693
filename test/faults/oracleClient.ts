import { retryAfterMs } from '../../nodes/shared/ground/retryAfter';
import type { ResilienceSettings } from '../../nodes/shared/resilience';
import { resilient } from '../../nodes/shared/resilience';
import { Failure, toFailure } from '../../nodes/shared/resilience/failure';
import { Registry } from '../../nodes/shared/resilience/registry';
import { httpClient } from '../../nodes/shared/transport/http';
import { seededRandom } from '../../sandbox/faults/proxy.ts';

/** `put` is repeatable, `keyed` a POST with an idempotency key, `unkeyed` a POST without. */
export type How = 'put' | 'keyed' | 'unkeyed';

export interface Ended {
	key: string;
	failure?: Failure;
	/** ms since 1970 */
	at: number;
}

export interface OracleClientOptions extends Partial<ResilienceSettings> {
	/** the credential: who shares limits, gate and connections */
	owner?: string;
	attemptTimeoutMs?: number;
	signal?: AbortSignal;
}

const neverCancelled = new AbortController().signal;

/**
 * What a house is to its system, in small: the product's policies and HTTP client in front of the
 * effect oracle. Its states are its own unless a registry is handed in.
 */
export function oracleClient(origin: string, options: OracleClientOptions = {}) {
	const { owner = 'credential', attemptTimeoutMs, signal = neverCancelled } = options;
	const random = options.random ?? seededRandom(7);
	const http = httpClient({ owner: `${owner} ${origin}` });
	const send = resilient({
		maxAttempts: 8,
		deadlineMs: 120_000,
		onOutage: 'wait',
		limits: { concurrency: 0, perSecond: 0 },
		...options,
		random,
		registry: options.registry ?? new Registry(undefined, random),
	});
	const call = async (how: How, key: string): Promise<Ended> => {
		const about = {
			system: 'oracle',
			operation: how,
			scope: `${owner} ${origin}`,
			repeatable: how === 'put',
			key: how === 'keyed' ? key : undefined,
			attemptTimeoutMs,
			signal,
		};
		try {
			await send(about, async (attemptSignal) => {
				const { status, headers } = await http.buffer({
					method: how === 'put' ? 'PUT' : 'POST',
					origin,
					path: `/effects/${key}`,
					headers: how === 'keyed' ? { 'idempotency-key': `once ${key}` } : {},
					body: valueOf(key),
					signal: attemptSignal,
				});
				if (status !== 201) throw failureOf(status, headers);
			});
			return { key, at: Date.now() };
		} catch (error) {
			return { key, at: Date.now(), failure: toFailure(error) };
		}
	};
	/** Calls for all keys, so many at a time; the ends are in the order of the keys. */
	const all = async (how: How, keys: string[], concurrency: number): Promise<Ended[]> => {
		const ended: Ended[] = [];
		let next = 0;
		const worker = async () => {
			for (let at = next++; at < keys.length; at = next++)
				ended[at] = await call(how, keys[at] ?? '');
		};
		await Promise.all(Array.from({ length: concurrency }, worker));
		return ended;
	};
	return { call, all };
}

/** What is stored under a key. */
export const valueOf = (key: string): string => `value of ${key}`;

/** `prefix-0`, `prefix-1` ... */
export const keysOf = (prefix: string, count: number): string[] =>
	Array.from({ length: count }, (_, number) => `${prefix}-${number}`);

function failureOf(status: number, headers: Record<string, string>): Failure {
	const wait = retryAfterMs(headers['retry-after'], Date.now());
	const throttled = status === 429;
	return new Failure({
		kind: throttled ? 'throttled' : status >= 500 ? 'unavailable' : 'invalid',
		phase: throttled || status === 503 || status < 500 ? 'rejected' : 'maybeDone',
		code: `HTTP ${status}`,
		message: `The server answered ${status}`,
		status,
		retryAfterMs: wait,
	});
}
