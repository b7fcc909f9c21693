import type { SalesforceClient } from './client';
import { isErrorList, jsonIn } from './errorAnswer';
import { salesforceFailure, unreadable } from './failure';

/**
 * The JSON of an answer; undefined where it is empty.
 * @throws Failure where the body is something else, or a list of errors under a status of success
 */
export function readJson(
	status: number,
	headers: Record<string, string>,
	body: Buffer,
	{ redact, clock }: Pick<SalesforceClient, 'redact' | 'clock'>,
): unknown {
	if (body.length === 0) return undefined;
	const json = jsonIn(body);
	const said = () => redact.text(body.toString());
	if (json === undefined) throw unreadable(status, said(), 'it is no JSON');
	if (status < 300 && isErrorList(json))
		throw salesforceFailure(status, headers, said(), clock.now());
	return json;
}
