import type { Body } from '../../shared/transport/body';
import type { HttpResponse } from '../../shared/transport/http';
import type { SalesforceClient } from './client';
import { unreadable } from './failure';

const MAX_BYTES = 1024 * 1024;

/**
 * Nothing of the API is a web page: a proxy, or Salesforce's edge during maintenance, has answered in
 * its place.
 */
export async function noWebPage(
	{ redact }: SalesforceClient,
	answer: HttpResponse<Body>,
): Promise<HttpResponse<Body>> {
	const { status, headers, body } = answer;
	if (!/^text\/html\b/i.test(headers['content-type'] ?? '')) return answer;
	const said = (await body.collect(MAX_BYTES)).toString();
	throw unreadable(status, redact.text(said), 'it is a web page');
}
