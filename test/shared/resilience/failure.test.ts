import { Failure, isOutage, isPassing, toFailure } from '../../../nodes/shared/resilience/failure';
import { failing } from './calls';

test('in another phase it is a copy with everything it had; in the same phase it is itself', () => {
	const cause = new Error('below');
	const original = failing({ hint: 'wait', scope: 'host', retryAfterMs: 5, cause });
	Object.assign(original, { attempts: 3, firstAt: 10, lastAt: 20 });
	original.message = 'said in other words';
	const copy = original.inPhase('maybeDone');
	expect(original.inPhase('rejected')).toBe(original);
	expect(original.phase).toBe('rejected');
	expect(copy).toBeInstanceOf(Failure);
	expect(copy).toMatchObject({ ...original, phase: 'maybeDone' });
	expect(copy.message).toBe('said in other words');
	expect(copy.cause).toBe(cause);
	expect(copy.stack).toContain('said in other words');
});

test('without a cause there is none', () => {
	expect('cause' in failing()).toBe(false);
	expect('cause' in failing().inPhase('notSent')).toBe(false);
});

test.each<[unknown, string, string]>([
	[new RangeError('too far'), 'RangeError', 'too far'],
	['just a text', 'UNKNOWN', 'just a text'],
	[undefined, 'UNKNOWN', 'undefined'],
	[{ a: 1 }, 'UNKNOWN', '[object Object]'],
])('whatever is thrown becomes a failure: %p', (thrown, code, message) => {
	expect(toFailure(thrown)).toMatchObject({ kind: 'bug', phase: 'maybeDone', code, message });
});

test('which kinds pass, and which of them are an outage', () => {
	const kinds = [
		'throttled',
		'unavailable',
		'timeout',
		'network',
		'auth',
		'invalid',
		'conflict',
		'bug',
	] as const;
	const which = (test: (failure: Failure) => boolean) =>
		kinds.filter((kind) => test(failing({ kind })));
	expect(which(isPassing)).toEqual(['throttled', 'unavailable', 'timeout', 'network']);
	expect(which(isOutage)).toEqual(['unavailable', 'timeout', 'network']);
});
