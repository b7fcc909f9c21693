import type { Clock } from '../ground/clock';
import { reasonOf } from '../ground/clock';
import type { FailurePhase } from './failure';
import { Failure } from './failure';
import type { Call, Policy } from './policy';
import { phaseOf } from './policy';

/**
 * Total time of one call, with every retry and every wait. When it has passed, or the run is
 * cancelled, the call ends at once: the wire is told through the signal, and is not waited for.
 * @param deadlineMs 0 means no limit
 */
export const deadline =
	(clock: Clock, deadlineMs: number): Policy =>
	async (call, next) => {
		const { signal } = call.about;
		if (signal?.aborted) throw cancelled(signal, phaseOf(call));
		return await new Promise((resolve, reject) => {
			const stop = (reason: Failure) => {
				done();
				call.controller.abort(reason);
				reject(reason);
			};
			const onCancel = () => {
				if (signal) stop(cancelled(signal, phaseOf(call)));
			};
			signal?.addEventListener('abort', onCancel);
			const stopTimer =
				deadlineMs > 0 ? clock.timer(deadlineMs, () => stop(late(deadlineMs, call))) : none;
			const done = () => {
				signal?.removeEventListener('abort', onCancel);
				stopTimer();
			};
			next().then(
				(value) => {
					done();
					resolve(value);
				},
				(error) => {
					done();
					reject(error);
				},
			);
		});
	};

const none = () => {};

const late = (deadlineMs: number, call: Call<unknown>) =>
	new Failure({
		kind: 'timeout',
		phase: phaseOf(call),
		code: 'DEADLINE',
		message: `Not finished within the deadline of ${deadlineMs / 1_000} s${lastOf(call)}`,
		status: call.lastFailure?.status,
		cause: call.lastFailure,
		hint: 'Raise "Deadline" under Resilience, or look at why the system is slow.',
	});

const lastOf = ({ lastFailure }: Call<unknown>) =>
	lastFailure ? `; the last attempt ended with ${lastFailure.code}: ${lastFailure.message}` : '';

/** The run was stopped. */
export const cancelled = (signal: AbortSignal, phase: FailurePhase): Failure =>
	new Failure({
		kind: 'timeout',
		phase,
		code: 'CANCELLED',
		message: 'The execution was cancelled',
		cause: reasonOf(signal),
	});

/** Time of one attempt: a request that hangs is given up while there is still time for another. */
export const attemptTimeout =
	(clock: Clock): Policy =>
	async (call, next) => {
		const limitMs = call.about.attemptTimeoutMs;
		if (!limitMs) return await next();
		return await new Promise((resolve, reject) => {
			const stopTimer = clock.timer(limitMs, () => {
				const failure = new Failure({
					kind: 'timeout',
					phase: 'maybeDone',
					code: 'ATTEMPT_TIMEOUT',
					message: `No answer within ${limitMs / 1_000} s`,
				});
				const { controller } = call;
				call.controller = new AbortController();
				controller.abort(failure);
				reject(failure);
			});
			next().then(
				(value) => {
					stopTimer();
					resolve(value);
				},
				(error) => {
					stopTimer();
					reject(error);
				},
			);
		});
	};
