import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { answered, chosenIn } from '../../shared/node/editorList';
import { invalidInput } from '../../shared/resilience/failure';
import type { FieldDescription, ObjectDescription } from '../transport/describe';
import { describeObject } from '../transport/describeCache';
import { EDITOR_FRESH_MS } from './freshness';
import { openEditorClient } from './openClient';
import { rowsOf, textOf } from './rows';

/** The methods behind the choices of the editor, most of them from what the chosen object says of itself. */
export const loadOptions = {
	getFields: fieldsThat(() => true),
	getFilterableFields: fieldsThat(({ filterable }) => filterable),
	getSortableFields: fieldsThat(({ sortable }) => sortable),
	/** Those by whose value a record can be found. */
	getExternalIdFields: fieldsThat(
		({ externalId, idLookup, name }) => (externalId || idLookup) && name !== 'Id',
	),
	/** What lists of other records can be had with a record. */
	getChildRelationships: ofObject('related lists', ({ childRelationships }) =>
		childRelationships.flatMap(({ relationshipName, childSObject, field }) =>
			relationshipName === null
				? []
				: [
						{
							name: relationshipName,
							value: relationshipName,
							description: `${childSObject} by its ${field}`,
						},
					],
		),
	),
	/** Those that mean that a lead was converted. */
	async getConvertedStatuses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const words = { what: 'statuses', instead: 'write the status in an expression' };
		return await answered(this, openEditorClient, words, async (client) => {
			const soql = 'SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true ORDER BY SortOrder';
			const rows = await rowsOf(client, soql);
			return rows.map((row) => {
				const label = textOf(row, 'MasterLabel');
				return { name: label, value: label };
			});
		});
	},
};

function fieldsThat(use: (field: FieldDescription) => boolean) {
	return ofObject('fields', ({ fields }) => fields.filter(use).map(option));
}

function option({ name, label, type, referenceTo }: FieldDescription): INodePropertyOptions {
	return {
		name: label === name ? name : `${label} (${name})`,
		value: name,
		description: referenceTo.length > 0 ? `${type} to ${referenceTo.join(', ')}` : type,
	};
}

function ofObject(what: string, choices: (object: ObjectDescription) => INodePropertyOptions[]) {
	return async function (this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const name = chosenIn(this, 'object');
		const words = { what, instead: 'write the names in an expression' };
		return await answered(this, openEditorClient, words, async (client) => {
			if (typeof name !== 'string') throw chooseObject(what);
			const object = await describeObject(client, name, { freshMs: EDITOR_FRESH_MS });
			return choices(object).sort(byName);
		});
	};
}

const chooseObject = (what: string) =>
	invalidInput(`Choose the object first: the list shows its ${what}.`);

const byName = (a: INodePropertyOptions, b: INodePropertyOptions): number =>
	a.name.localeCompare(b.name, 'en', { sensitivity: 'base' });
