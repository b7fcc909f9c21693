import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import { listMethod } from '../../shared/node/editorList';
import { invalidInput } from '../../shared/resilience/failure';
import type { SalesforceClient } from '../transport/client';
import { listActions } from '../transport/process/invocable';
import { openEditorClient } from './openClient';
import type { Use } from './pickObjects';
import { pickObjects } from './pickObjects';
import { pickActions } from './pickActions';
import { pickRecords } from './pickRecords';
import { pickReports } from './pickReports';
import { pickTopics } from './pickTopics';

/** The methods behind the lists of the editor. */
export const listSearch = {
	searchObjects: objectsThat(() => true),
	searchCreateableObjects: objectsThat(({ createable }) => createable),
	searchUpdateableObjects: objectsThat(({ updateable }) => updateable),
	searchUpsertableObjects: objectsThat(({ createable, updateable }) => createable && updateable),
	searchDeletableObjects: objectsThat(({ deletable }) => deletable),
	searchRetrieveableObjects: objectsThat(({ retrieveable }) => retrieveable),
	searchQueryableObjects: objectsThat(({ queryable }) => queryable),
	searchPlatformEvents: objectsThat(({ name }) => name.endsWith('__e')),

	/** What can be listened to. */
	searchTopics: listOf('topics', 'By Name', pickTopics),

	/** Records of the object that is chosen beside it. */
	searchRecords: listOf('records', 'By ID', async (client, question) => {
		const object = question.chosen('object');
		if (typeof object !== 'string')
			throw invalidInput('Choose the object first: the list shows its records.');
		return await pickRecords(client, { object }, question);
	}),
	searchFiles: recordsOf('ContentDocument', 'files'),
	searchLeads: recordsOf('Lead', 'leads', 'IsConverted = false'),
	searchReports: listOf('reports', 'By ID', pickReports),

	/** Actions of the kind that is chosen beside it. */
	searchActions: listOf('actions', 'By Name', async (client, question) => {
		const kind = question.chosen('kind');
		if (typeof kind !== 'string')
			throw invalidInput('Choose the kind first: the list shows its actions.');
		return pickActions(await listActions(client, kind), kind, question);
	}),
	searchFlows: listOf('flows', 'By Name', async (client, question) =>
		pickActions(await listActions(client, 'flow'), 'flow', question),
	),
};

function objectsThat(use: Use) {
	return listOf(
		'objects',
		'By Name',
		async (client, question) => await pickObjects(client, use, question),
	);
}

function recordsOf(object: string, what: string, where?: string) {
	return listOf(
		what,
		'By ID',
		async (client, question) => await pickRecords(client, { object, where }, question),
	);
}

/** @param otherwise the mode of the field that needs no list */
function listOf(
	what: string,
	otherwise: string,
	answer: (client: SalesforceClient, question: ListQuestion) => Promise<INodeListSearchResult>,
) {
	const words = { what, instead: `choose "${otherwise}" and type it in` };
	return listMethod(openEditorClient, words, answer);
}
