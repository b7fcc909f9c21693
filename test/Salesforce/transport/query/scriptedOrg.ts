import type { SalesforceConnection } from '../../../../nodes/Salesforce/transport/connect';
import type { Asked } from '../../orgStub';
import { clientAt, startOrgStub } from '../../orgStub';

export interface Question {
	method: string;
	/** below the version of the API, or from /services/ on; without its query */
	path: string;
	query: URLSearchParams;
	headers: Asked['headers'];
	json: unknown;
}

export interface Reply {
	status?: number;
	headers?: Record<string, string>;
	/** sent as JSON, unless it is a text */
	body?: unknown;
	cut?: boolean;
}

const open: Array<() => Promise<void>> = [];

afterEach(async () => {
	for (const close of open.splice(0)) await close();
});

/** An org on the wire that answers what a test says, and remembers what it was asked. */
export async function scriptedOrg(
	reply: (question: Question) => Reply | Promise<Reply>,
	connection: Partial<SalesforceConnection> = {},
) {
	const questions: Question[] = [];
	const controller = new AbortController();
	const org = await startOrgStub(async (asked) => {
		const question = read(asked);
		questions.push(question);
		return await reply(question);
	});
	open.push(org.close);
	const client = clientAt(org.url, {}, { signal: controller.signal, ...connection });
	return { client, questions, stop: () => controller.abort(new Error('stopped')) };
}

function read({ method, path, headers, body }: Asked): Question {
	const { pathname, searchParams } = new URL(path, 'http://org');
	return {
		method,
		path: pathname.replace('/services/data/v68.0', ''),
		query: searchParams,
		headers,
		json: body === '' ? undefined : JSON.parse(body),
	};
}
