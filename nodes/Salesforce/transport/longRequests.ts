import type { Clock } from '../../shared/ground/clock';
import { Recent } from '../../shared/ground/recent';
import type { ApiUse } from './client';
import { unlessCancelled } from './unlessCancelled';

const LONG_MS = 20_000;
// Of 25, and of 5 in Developer Edition and trial orgs: the rest is for others.
const MOST = 20;
const MOST_OF_SMALL_ORGS = 4;
// A paid edition has at least 100,000.
const DAILY_OF_SMALL_ORGS = 15_000;

/**
 * An org refuses every request while 25 of them take longer than 20 seconds. So nothing new is begun
 * while nearly as many of ours do.
 * https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_api.htm
 */
export class LongRequests {
	/** when each request that is under way was sent */
	private readonly sentAt = new Set<{ at: number }>();
	private readonly waiting = new Set<() => void>();

	constructor(private readonly clock: Clock) {}

	/** Waits until another request may be sent. */
	async pass(use: ApiUse | undefined, signal: AbortSignal): Promise<void> {
		const most = use && use.allowed <= DAILY_OF_SMALL_ORGS ? MOST_OF_SMALL_ORGS : MOST;
		while (this.count() >= most) {
			const ended = new Promise<void>((resolve) => this.waiting.add(resolve));
			await unlessCancelled(signal, ended);
		}
	}

	/** @returns what is to be called when the answer is there */
	begin(): () => void {
		const one = { at: this.clock.now() };
		this.sentAt.add(one);
		return () => {
			this.sentAt.delete(one);
			for (const go of this.waiting) go();
			this.waiting.clear();
		};
	}

	private count(): number {
		const since = this.clock.now() - LONG_MS;
		let count = 0;
		for (const { at } of this.sentAt) if (at <= since) count++;
		return count;
	}
}

const MOST_ORGS = 1_000;
const shared = new Recent<LongRequests>(MOST_ORGS);

/** @param scope who shares it: credential and host */
export const sharedLongRequests = (scope: string, clock: Clock): LongRequests =>
	shared.get(scope, () => new LongRequests(clock));
