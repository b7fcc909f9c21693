import { Failure } from '../../nodes/shared/resilience/failure';

/** The Failure of kind invalid it throws: the only thing wrong input may lead to. */
export function invalid(run: () => unknown): Failure {
	let thrown: unknown;
	try {
		run();
	} catch (error) {
		thrown = error;
	}
	if (!(thrown instanceof Failure)) throw new Error(`no Failure but ${String(thrown)}`);
	expect(thrown).toMatchObject({ kind: 'invalid', phase: 'notSent' });
	return thrown;
}
