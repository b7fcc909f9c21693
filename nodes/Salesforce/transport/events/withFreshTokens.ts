import { Failure, toFailure } from '../../../shared/resilience/failure';
import type { Session } from '../client';
import type { Heard, Subscribing, Subscription } from './subscription';

// What was refused sooner, though its token was new, would be refused again and again.
const LASTING_MS = 10_000;

type Listen = (
	session: Session,
	subscribing: Subscribing,
) => AsyncGenerator<Heard, void, undefined>;

/**
 * Goes on with another token where the one in use is refused, and where the server has ended the
 * subscription after it had sent what was asked for.
 * @param isRefused whether a failure means the token, not what it may do
 */
export const withFreshTokens = (
	listen: Listen,
	isRefused: (failure: Failure) => boolean,
): Subscription =>
	async function* (subscribing) {
		let { start } = subscribing;
		for (let renewed = false; ;) {
			const session = await subscribing.client.session();
			const from = start;
			const since = subscribing.client.clock.now();
			let stands = false;
			try {
				for await (const heard of listen(session, { ...subscribing, start })) {
					yield heard;
					stands = true;
					if (heard.position !== undefined) start = { after: heard.position };
				}
				if (start === from) throw ended();
			} catch (error) {
				const failure = toFailure(error);
				const lasted = start !== from || subscribing.client.clock.now() - since > LASTING_MS;
				if (!isRefused(failure) || (renewed && !lasted)) throw failure;
				renewed = true;
				await session.refused();
				// What has come since then would be missed; whoever listens knows since when.
				if (stands && start === 'latest') throw ended();
			}
		}
	};

const ended = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'rejected',
		code: 'STREAM_ENDED',
		message: 'Salesforce has ended the subscription',
	});
