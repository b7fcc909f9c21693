import type { Entry } from '../../../nodes/shared/resilience/ledger';
import { ledgerIn, noLedger } from '../../../nodes/shared/resilience/ledger';

test('finds what was kept, in an object that survives as JSON', () => {
	const entries: Record<string, Entry<number[]>> = {};
	ledgerIn(entries).set('a', { state: 'done', rows: [1, 2] });
	const failure = { kind: 'network', phase: 'maybeDone', code: 'X', message: 'm' } as const;
	ledgerIn(entries).set('b', { state: 'failed', failure });
	const later = ledgerIn(JSON.parse(JSON.stringify(entries)) as typeof entries);
	expect(later.get('a')).toEqual({ state: 'done', rows: [1, 2] });
	expect(later.get('b')).toEqual({ state: 'failed', failure });
	expect(later.get('c')).toBeUndefined();
});

test.each(['constructor', 'toString', 'hasOwnProperty'])('%s is a key like any other', (key) => {
	const store = ledgerIn<number[]>({});
	expect(store.get(key)).toBeUndefined();
	store.set(key, { state: 'done', rows: [7] });
	expect(store.get(key)).toEqual({ state: 'done', rows: [7] });
	expect(store.get('other')).toBeUndefined();
	expect(({} as { rows?: unknown }).rows).toBeUndefined();
});

test('switched off it remembers nothing', () => {
	noLedger.set('a', {
		state: 'failed',
		failure: { kind: 'bug', phase: 'rejected', code: '', message: '' },
	});
	expect(noLedger.get('a')).toBeUndefined();
});
