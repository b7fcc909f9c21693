import { Failure, toFailure } from '../../shared/resilience/failure';

/** How inputs share requests. */
export interface Grouping<Input, Ready, Output> {
	/** Checks one input; what it throws is the failure of this input alone. */
	prepare(input: Input): Ready;
	/** same for those that may go into one request */
	keyOf(ready: Ready): string;
	/** One request: a result for each, in order; what it throws is the failure of them all. */
	send(group: Ready[]): Promise<Array<Output | Failure>>;
}

/** Sends inputs together where they may share a request: a result for each, in order. */
export async function grouped<Input, Ready, Output>(
	inputs: Input[],
	{ prepare, keyOf, send }: Grouping<Input, Ready, Output>,
): Promise<Array<Output | Failure>> {
	const results = new Map<number, Output | Failure>();
	const groups = new Map<string, Array<{ input: number; ready: Ready }>>();
	for (const [n, input] of inputs.entries()) {
		try {
			const ready = prepare(input);
			const key = keyOf(ready);
			groups.set(key, [...(groups.get(key) ?? []), { input: n, ready }]);
		} catch (error) {
			results.set(n, toFailure(error));
		}
	}
	let refused: Failure | undefined;
	for (const group of groups.values()) {
		const told =
			refused?.inPhase('notSent') ?? (await send(group.map(({ ready }) => ready)).catch(toFailure));
		for (const [n, { input }] of group.entries())
			results.set(input, told instanceof Failure ? told : (told[n] ?? unanswered()));
		// The other requests would hear the same.
		const all = told instanceof Failure ? [told] : told;
		if (all.every((one) => one instanceof Failure && one.scope === 'credential'))
			refused ??= all.find((one) => one instanceof Failure);
	}
	return inputs.map((_input, n) => results.get(n) ?? unanswered());
}

const unanswered = () =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: 'Salesforce answered, but without a result for this item',
	});
