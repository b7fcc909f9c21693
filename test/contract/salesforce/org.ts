import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { SalesforceSandbox } from '../../../sandbox/salesforce/server.ts';
import type { Engine } from '../../engine/engine';
import type { Example } from '../house';

/** What the examples of a resource are made with. */
export interface ExampleOrg {
	sandbox: SalesforceSandbox;
	engine: Engine;
	/** Numbers that no other example has. */
	numbers(count: number): number[];
}

export type Examples = Record<string, Example>;

export const items = (jsons: IDataObject[]): INodeExecutionData[] =>
	jsons.map((json) => ({ json }));

/** Items with nothing but a number of their own. */
export const numbered =
	({ numbers }: ExampleOrg) =>
	async (count: number) =>
		items(numbers(count).map((n) => ({ n })));
