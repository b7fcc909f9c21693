import type { Context } from '../context.ts';
import type { DirectoryChange } from '../directory.ts';

/**
 * What happens in the directory from this call on, until the client abandons its search or goes
 * away. Nothing is lost while an answer waits for the client.
 */
export function follow({
	service: { directory },
	signal,
}: Context): AsyncGenerator<DirectoryChange> {
	const pending: DirectoryChange[] = [];
	let wake = () => {};
	const stop = directory.watch((change) => {
		pending.push(change);
		wake();
	});
	signal.addEventListener('abort', () => wake(), { once: true });
	return changes();

	async function* changes() {
		try {
			while (!signal.aborted) {
				const next = pending.shift();
				if (next) yield next;
				else await new Promise<void>((resolve) => (wake = resolve));
			}
		} finally {
			stop();
		}
	}
}
