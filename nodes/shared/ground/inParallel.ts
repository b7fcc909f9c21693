/**
 * Works on what comes in, at most `atOnce` at a time, and gives the results as they get ready. When
 * the source fails, the results of what has begun come first, then its error.
 * @param work must not reject
 */
export async function* inParallel<In, Out>(
	source: AsyncIterable<In>,
	atOnce: number,
	work: (one: In) => Promise<Out>,
): AsyncGenerator<Out> {
	interface Ready {
		promise: Promise<Ready>;
		result: Out;
	}
	const running = new Set<Promise<Ready>>();
	const start = (one: In) => {
		const promise: Promise<Ready> = work(one).then((result) => ({ promise, result }));
		running.add(promise);
	};
	const next = async () => {
		const { promise, result } = await Promise.race(running);
		running.delete(promise);
		return result;
	};
	let broken: { error: unknown } | undefined;
	try {
		try {
			for await (const one of source) {
				start(one);
				if (running.size >= atOnce) yield await next();
			}
		} catch (error) {
			broken = { error };
		}
		while (running.size > 0) yield await next();
	} finally {
		await Promise.all(running);
	}
	if (broken) throw broken.error;
}
