import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { isResourceLocatorValue, NodeApiError } from 'n8n-workflow';
import { redactor } from '../ground/redact';
import { toFailure } from '../resilience/failure';
import { headline } from './nodeError';
import type { Connected } from './runOperations';

export type OpenEditorClient<Client> = (
	context: ILoadOptionsFunctions,
) => Promise<Connected<Client>>;

/** What somebody who has opened a list of the editor wants to see. */
export interface ListQuestion {
	/** what was typed into the list */
	filter: string;
	/** where the page before ended, as it said itself */
	after: string;
	/** What another field holds; undefined where it is empty, or an expression. */
	chosen(field: string): unknown;
}

export interface ListWords {
	/** what stands in the list */
	what: string;
	/** what can be done instead: 'choose "By Name" and type it in' */
	instead: string;
}

/** The method behind a list of the editor, for "searchListMethod". */
export function listMethod<Client>(
	open: OpenEditorClient<Client>,
	words: ListWords,
	answer: (client: Client, question: ListQuestion) => Promise<INodeListSearchResult>,
) {
	return async function (
		this: ILoadOptionsFunctions,
		filter = '',
		paginationToken = '',
	): Promise<INodeListSearchResult> {
		const chosen = (field: string) => chosenIn(this, field);
		return await answered(this, open, words, async (client) => {
			return await answer(client, { filter, after: paginationToken, chosen });
		});
	};
}

/** Asks the system for what the editor shows. @throws NodeApiError that the editor shows in its place */
export async function answered<Client, Answer>(
	context: ILoadOptionsFunctions,
	open: OpenEditorClient<Client>,
	words: ListWords,
	ask: (client: Client) => Promise<Answer>,
): Promise<Answer> {
	let secrets: Array<string | undefined> = [];
	try {
		const connected = await open(context);
		secrets = connected.secrets;
		return await ask(connected.client);
	} catch (error) {
		throw shownError(context, error, { ...words, secrets });
	}
}

export function chosenIn(context: ILoadOptionsFunctions, field: string): unknown {
	const value: unknown = context.getCurrentNodeParameter(field);
	const bare = isResourceLocatorValue(value) ? value.value : value;
	// The editor hands over the expression where it cannot compute it.
	const isUnknown = bare === '' || (typeof bare === 'string' && bare.startsWith('='));
	return isUnknown ? undefined : bare;
}

/**
 * The editor splits the message of an error at its hyphens and leaves sentences out, but shows the
 * description as it is. It takes one only from a NodeApiError.
 */
function shownError(
	context: ILoadOptionsFunctions,
	error: unknown,
	{ what, instead, secrets }: ListWords & { secrets: Array<string | undefined> },
): NodeApiError {
	// Nothing was to be done, so nothing can have been done in spite of the failure.
	const failure = toFailure(error).inPhase('rejected');
	const message = `The list of ${what} is not available`;
	const words = [failure.code === 'INVALID_PARAMETER' ? failure.message : headline(failure)];
	const hint = failure.code === 'DEADLINE' ? 'Check that the server runs.' : failure.hint;
	const advice = [...words, hint, `Without the list, ${instead}.`].filter(Boolean).join(' ');
	const description = redactor(secrets).text(advice);
	const { status } = failure;
	return new NodeApiError(
		context.getNode(),
		{ message, description },
		{ message, description, ...(status !== undefined && { httpCode: String(status) }) },
	);
}
