import type { Ask, Calls } from './calls';
import type { Result } from './message';
import { Code } from './message';
import type { Referrals } from './referrals';

/** One request with one answer, at another server where this one refers to it. */
export async function askFollowing(calls: Calls, referrals: Referrals, ask: Ask): Promise<Result> {
	const accept = new Set([...(ask.accept ?? []), Code.referral]);
	const result = await calls.ask({ ...ask, accept });
	if (result.code !== Code.referral) return result;
	for (const url of result.referrals) {
		const there = referrals.follow(url);
		if (there)
			return await askFollowing(there.calls, referrals, { ...ask, dn: there.dn ?? ask.dn });
	}
	throw calls.failureOf(result, ask.doing, ask.dn);
}
