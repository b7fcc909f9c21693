import type { ILoadOptionsFunctions, INodeProperties, ResourceMapperFields } from 'n8n-workflow';
import { redactor } from '../../shared/ground/redact';
import type { InputOf } from '../../shared/node/defineOperation';
import { headline } from '../../shared/node/nodeError';
import { readInput } from '../../shared/node/readInput';
import { invalidInput, toFailure } from '../../shared/resilience/failure';
import { describeObject } from '../transport/describeCache';
import type { Describe } from '../transport/query/fieldTypes';
import { EDITOR_FRESH_MS } from './freshness';
import { openEditorClient } from './openClient';

/**
 * Shows what the fields of a query mean, in the words of Salesforce. The editor has nothing to show a
 * text in that changes, but for the notice of a table without fields.
 * @param properties of the operation
 * @param soqlOf makes the queries of its input
 */
export function previewSoql<P extends INodeProperties[]>(
	properties: P,
	soqlOf: (input: InputOf<P>, describe: Describe) => Promise<string[]>,
) {
	return async function (this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
		let secrets: Array<string | undefined> = [];
		const queries = async () => {
			const input = inputIn(this, properties);
			const connected = await openEditorClient(this);
			secrets = connected.secrets;
			return await soqlOf(
				input,
				async (object, fields) =>
					await describeObject(connected.client, object, { freshMs: EDITOR_FRESH_MS, fields }),
			);
		};
		// An error would not be shown at all.
		const text = await queries().then(wordsOf, whyNot);
		return { fields: [], emptyFieldsNotice: html(redactor(secrets).text(text)) };
	};
}

/** The fields as they stand in the editor, which puts null in place of what it cannot compute yet. */
function inputIn<P extends INodeProperties[]>(
	context: ILoadOptionsFunctions,
	properties: P,
): InputOf<P> {
	const parameters = {
		...Object.fromEntries(properties.map((one) => [one.name, one.default])),
		...context.getCurrentNodeParameters(),
	};
	const open = properties.find(({ name }) => parameters[name] === null);
	if (open) throw invalidInput(`"${open.displayName}" has an expression without a value as yet`);
	const node = { ...context.getNode(), parameters };
	const source = { getNode: () => node, getNodeParameter: (name: string) => parameters[name] };
	// The type follows from the properties, as that of an operation does.
	return readInput(source, properties, 0) as InputOf<P>;
}

const wordsOf = ([first = '', ...others]: string[]): string =>
	others.length > 0 ? `${first} — and ${others.length} more, since a list is long` : first;

function whyNot(error: unknown): string {
	const failure = toFailure(error);
	const words = failure.code === 'INVALID_PARAMETER' ? failure.message : headline(failure);
	return [`No query yet: ${words.replace(/\.$/, '')}.`, failure.hint].filter(Boolean).join(' ');
}

const html = (text: string): string =>
	`<b>SOQL</b><br>${text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)}`;
