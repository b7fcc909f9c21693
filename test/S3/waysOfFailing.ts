import type { IDataObject } from 'n8n-workflow';
import type { EngineRun } from '../engine/engine';
import type { NodeBench } from './nodeBench';
import { rowsOf } from './nodeBench';

/** The reason why item 1 failed, and the keys of the items that went through. */
export interface Seen {
	reason: string;
	done: unknown[];
}

/** The four ways in which a node may fail, and what a user sees in each of them. */
export const WAYS: Array<[name: string, settings: object, parameters: IDataObject, see: See]> = [
	[
		'Failed output',
		{},
		{ resilience: { failedOutput: true } },
		(ended) => {
			const [record, ...more] = rowsOf(ended, 1);
			expect(more).toEqual([]);
			expect(record?.pairedItem).toEqual({ item: 1 });
			const { message, hint = '' } = record?.json.error as IDataObject;
			return {
				reason: `${String(message)} ${String(hint)}`,
				done: rowsOf(ended).map(({ json }) => json.key),
			};
		},
	],
	[
		'Continue On Fail',
		{ onError: 'continueRegularOutput' },
		{},
		(ended) => {
			const [before, failed, after, ...more] = rowsOf(ended);
			expect(more).toEqual([]);
			expect(failed?.pairedItem).toEqual({ item: 1 });
			expect(Object.keys(failed?.json ?? {}).sort()).toEqual(['error', 'message']);
			return {
				reason: `${String(failed?.json.error)} ${String(failed?.json.message)}`,
				done: [before?.json.key, after?.json.key],
			};
		},
	],
	[
		'error output',
		{ onError: 'continueErrorOutput' },
		{},
		(ended) => {
			const [failed, ...more] = rowsOf(ended, 1);
			expect(more).toEqual([]);
			return {
				reason: `${String(failed?.json.error)} ${String(failed?.json.message)}`,
				done: rowsOf(ended).map(({ json }) => json.key),
			};
		},
	],
	[
		'stop',
		{},
		{},
		(ended, bench) => {
			const error = ended.errorOf('E');
			expect(error).toMatchObject({ context: { itemIndex: 1 } });
			expect(error?.description).toMatch(/1 of 3 items failed/);
			// The output is lost, the work is not.
			return {
				reason: `${error?.message} ${error?.description}`,
				done: ['before', 'after'].filter((key) => bench.stored(key) !== undefined),
			};
		},
	],
];
type See = (ended: EngineRun, bench: NodeBench) => Seen;
