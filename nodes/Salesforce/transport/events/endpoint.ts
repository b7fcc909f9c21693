import { isIP } from 'node:net';
import { invalidInput } from '../../../shared/resilience/failure';

/** https://developer.salesforce.com/docs/platform/pub-sub-api/guide/pub-sub-endpoints.html */
export const GLOBAL_ENDPOINT = 'api.pubsub.salesforce.com:7443';

const HINT =
	'Leave it empty for the endpoint of Salesforce, or write it as in api.deu.pubsub.salesforce.com:7443.';

/**
 * Where the Pub/Sub API is, as an origin. The token of the org is sent there: only to Salesforce, or to
 * this machine.
 * @param endpoint "api.pubsub.salesforce.com:443"; '': the global one
 */
export function pubSubOrigin(endpoint: string): string {
	const written = endpoint.trim() || GLOBAL_ENDPOINT;
	const address = /^https?:\/\//.test(written) ? written : `https://${written}`;
	if (!URL.canParse(address)) throw invalidInput(`"Endpoint" is "${endpoint}"`, HINT);
	const { protocol, hostname, origin } = new URL(address);
	if (isThisMachine(hostname)) return origin;
	if (protocol === 'https:' && /\.pubsub\.salesforce\.com$/.test(hostname)) return origin;
	throw invalidInput(`"Endpoint" is "${endpoint}", which is not one of Salesforce`, HINT);
}

const isThisMachine = (hostname: string) =>
	hostname === 'localhost' ||
	hostname === '[::1]' ||
	(isIP(hostname) === 4 && /^127\./.test(hostname));
