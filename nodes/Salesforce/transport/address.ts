import { invalidInput } from '../../shared/resilience/failure';

/** The fields of both credentials that say where the org is. */
export interface AddressFields {
	myDomain?: string;
	environment?: 'production' | 'sandbox';
}

const GENERAL = {
	production: 'https://login.salesforce.com',
	sandbox: 'https://test.salesforce.com',
};

/**
 * Where an org signs its users in: scheme and host. A link into the org will do, as people copy it from
 * their browser.
 * https://help.salesforce.com/s/articleView?id=sf.domain_name_url_formats.htm
 */
export function loginUrl({ myDomain = '', environment = 'production' }: AddressFields): string {
	const given = myDomain.trim();
	if (given === '') return GENERAL[environment] ?? GENERAL.production;
	const url = URL.parse(/^[a-z]+:\/\//i.test(given) ? given : `https://${given}`);
	if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
		throw wrong(`"My Domain" is "${given}", which is no address`);
	url.hostname = url.hostname.replace(/\.lightning\.force\.com$/, '.my.salesforce.com');
	checkEncrypted(url.origin);
	return url.origin;
}

/** @throws Failure where tokens would be sent in plain text to another machine */
export function checkEncrypted(origin: string): void {
	const { protocol, hostname } = new URL(origin);
	if (protocol === 'https:' || isLoopback(hostname)) return;
	throw wrong(`"${origin}" is not encrypted: whoever reads along gets the access token`);
}

const isLoopback = (host: string) =>
	host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);

const wrong = (message: string) =>
	invalidInput(
		message,
		'Fill in the address of the org, such as https://mycompany.my.salesforce.com (Setup > My Domain).',
	);
