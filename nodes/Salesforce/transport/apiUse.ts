import type { Clock } from '../../shared/ground/clock';
import { Recent } from '../../shared/ground/recent';
import { Failure } from '../../shared/resilience/failure';
import type { ApiUse } from './client';

// Somebody has to ask now and then whether there are requests again.
const ASK_AGAIN_MS = 60_000;

/**
 * How many of its daily requests an org has used, as each answer tells, and whether any more are to be
 * sent. Known to all runs of the process that use the credential.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm
 */
export class Quota {
	use: ApiUse | undefined;
	private toldAt = 0;
	private stop: Failure | undefined;
	private stoppedAt = 0;

	constructor(private readonly clock: Clock) {}

	/** @param header "api-usage=18/5000; per-app-api-usage=17/250(appName=...)" */
	learn(header: string | undefined): void {
		const [, used, allowed] = /(?:^|[;,\s])api-usage=(\d+)\/(\d+)/.exec(header ?? '') ?? [];
		if (used === undefined || allowed === undefined) return;
		this.use = { used: Number(used), allowed: Number(allowed) };
		this.toldAt = this.clock.now();
	}

	/** The org may have said that it takes no more requests; used up storage leaves those that read. */
	heed(failure: Failure): void {
		const { kind, phase, code } = failure;
		if (kind !== 'quota' || phase !== 'rejected' || code !== 'REQUEST_LIMIT_EXCEEDED') return;
		this.stop = failure.inPhase('notSent');
		this.stoppedAt = this.clock.now();
	}

	/**
	 * @param stopAt percent of the daily requests that are left to others; 0: all may be used
	 * @throws Failure instead of sending what would be refused, or was not to be sent
	 */
	check(stopAt: number): void {
		const now = this.clock.now();
		if (this.stop && now - this.stoppedAt < ASK_AGAIN_MS) throw notSent(this.stop);
		const { use } = this;
		if (!use || stopAt <= 0 || use.used < (use.allowed * stopAt) / 100) return;
		// One request a minute finds out whether older ones have dropped out of the 24 hours.
		if (now - this.toldAt < ASK_AGAIN_MS) throw softStop(use, stopAt);
	}

	/** Like `check`, for a request that is sent now. */
	spend(stopAt: number): void {
		this.check(stopAt);
		this.toldAt = this.clock.now();
	}
}

const notSent = ({ kind, scope, code, message, hint }: Failure) =>
	new Failure({ kind, scope, code, message: `Not sent: ${message}`, hint, phase: 'notSent' });

const softStop = ({ used, allowed }: ApiUse, stopAt: number) =>
	new Failure({
		kind: 'quota',
		phase: 'notSent',
		scope: 'credential',
		code: 'API_USE_STOP',
		message: `Not sent: ${used} of ${allowed} API requests of the last 24 hours are used, and the credential stops at ${stopAt}%`,
		hint: 'Wait, or change "Stop at API Use" in the credential.',
	});

const MOST_ORGS = 1_000;
const quotas = new Recent<Quota>(MOST_ORGS);

/** @param scope who shares it: credential and host */
export const sharedQuota = (scope: string, clock: Clock): Quota =>
	quotas.get(scope, () => new Quota(clock));
