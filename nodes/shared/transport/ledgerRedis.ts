import type { Redis } from 'ioredis';
import { Failure } from '../resilience/failure';
import type { DurableStore, Known } from '../resilience/ledger';
import { REMEMBERED_MS } from '../resilience/ledger';

const connections = new Map<string, Promise<Redis>>();

const PREFIX = 'n8n-nodes-resilient:ledger:';
const PATIENCE_MS = 5_000;

/**
 * A ledger in Redis, for workers on several machines. It remembers as well as that Redis does: one
 * without persistence forgets with a restart.
 * @param url redis://user:password@host:6379/0, or rediss:// for TLS
 */
export function ledgerRedis<Rows>(url: string): DurableStore<Rows> {
	const write = async (key: string, known: Known<Rows>) =>
		await ask(url, async (redis) => {
			await redis.set(PREFIX + key, JSON.stringify(known), 'PX', REMEMBERED_MS);
		});
	return {
		close: async () => {
			const redis = await connections.get(url);
			connections.delete(url);
			redis?.disconnect();
		},
		begin: async (key, work) =>
			await ask(url, async (redis) => {
				const intended = JSON.stringify({ work, entry: { state: 'intended' } });
				// Until one of both tells: another process may forget the entry in between.
				for (;;) {
					if (await redis.set(PREFIX + key, intended, 'PX', REMEMBERED_MS, 'NX')) return undefined;
					const known = await redis.get(PREFIX + key);
					if (known !== null) return JSON.parse(known) as Known<Rows>;
				}
			}),
		end: async (key, work, entry) => await write(key, { work, entry }),
		forget: async (key) =>
			await ask(url, async (redis) => {
				await redis.del(PREFIX + key);
			}),
	};
}

async function connected(url: string): Promise<Redis> {
	const known = connections.get(url);
	if (known) return await known;
	const connection = (async () => {
		const { Redis } = await import('../../../vendor/ioredis');
		const redis = new Redis(url, {
			maxRetriesPerRequest: 1,
			commandTimeout: PATIENCE_MS,
			connectTimeout: PATIENCE_MS,
		});
		// Each command reports its own; without a listener the first one would end the process.
		redis.on('error', () => {});
		return redis;
	})();
	connections.set(url, connection);
	return await connection;
}

async function ask<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
	try {
		return await work(await connected(url));
	} catch (cause) {
		throw new Failure({
			kind: 'unavailable',
			phase: 'notSent',
			code: 'LEDGER_UNAVAILABLE',
			// Only the host: the URL holds a password.
			message: `The ledger in Redis at ${new URL(url).host} cannot be used: ${(cause as Error).message}`,
			hint: 'Check N8N_RESILIENT_LEDGER and that Redis runs. Nothing was sent, because nobody could know later what was done.',
			cause,
		});
	}
}
