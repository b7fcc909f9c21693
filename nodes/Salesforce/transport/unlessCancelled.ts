import { reasonOf } from '../../shared/ground/clock';
import { cancelled } from '../../shared/resilience/deadline';
import { Failure } from '../../shared/resilience/failure';

/** What others wait for as well: whoever is cancelled does not wait, and nothing else ends. */
export async function unlessCancelled<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
	let leave = () => {};
	const left = new Promise<never>((_resolve, reject) => {
		leave = () => {
			const reason = reasonOf(signal);
			reject(reason instanceof Failure ? reason : cancelled(signal, 'notSent'));
		};
		if (signal.aborted) leave();
		else signal.addEventListener('abort', leave, { once: true });
	});
	try {
		return await Promise.race([promise, left]);
	} finally {
		signal.removeEventListener('abort', leave);
	}
}
