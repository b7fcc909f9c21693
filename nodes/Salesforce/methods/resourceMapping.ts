import type {
	ILoadOptionsFunctions,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';
import { answered, chosenIn } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import { inputsOf } from '../transport/process/invocable';
import { inputFields } from './inputFields';
import type { ObjectDescription } from '../transport/describe';
import { describeObject } from '../transport/describeCache';
import { EDITOR_FRESH_MS } from './freshness';
import { fieldsToCreate, fieldsToUpdate, fieldsToUpsert } from './mapperFields';
import { openEditorClient } from './openClient';

/** The methods behind the tables of fields in the editor. */
export const resourceMapping = {
	getFieldsToCreate: ofObject(fieldsToCreate),
	getFieldsToUpdate: ofObject(fieldsToUpdate),
	getFieldsToUpsert: ofObject((object, chosen) => {
		const matched = chosen('externalIdField');
		return fieldsToUpsert(object, typeof matched === 'string' ? matched : undefined);
	}),
	getActionInputs: mapper(
		'actionName',
		'Choose the action first.',
		async (client, action, chosen) =>
			inputFields(await inputsOf(client, String(chosen('kind')), action)),
	),
	getFlowInputs: mapper('flow', 'Choose the flow first.', async (client, flow) =>
		inputFields(await inputsOf(client, 'flow', flow)),
	),
};

type Chosen = (field: string) => unknown;

function ofObject(fields: (object: ObjectDescription, chosen: Chosen) => ResourceMapperField[]) {
	return mapper('object', 'Choose the object first.', async (client, name, chosen) =>
		fields(await describeObject(client, name, { freshMs: EDITOR_FRESH_MS }), chosen),
	);
}

/** @param on the field on which it depends */
function mapper(
	on: string,
	notice: string,
	answer: (
		client: SalesforceClient,
		chosen: string,
		others: Chosen,
	) => Promise<ResourceMapperField[]>,
) {
	return async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		const chosen = (field: string) => chosenIn(this, field);
		const name = chosen(on);
		if (typeof name !== 'string') return { fields: [], emptyFieldsNotice: notice };
		const words = { what: 'fields', instead: 'choose "Map Automatically"' };
		return await answered(this, openEditorClient, words, async (client) => ({
			fields: await answer(client, name, chosen),
		}));
	};
}
