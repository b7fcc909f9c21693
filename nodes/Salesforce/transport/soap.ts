import { Failure } from '../../shared/resilience/failure';
import type { XmlContent, XmlElement } from '../../shared/transport/xml';
import { child, parseXml, text, writeXml } from '../../shared/transport/xml';
import type { SalesforceClient, SalesforceRequest } from './client';
import { salesforceFailure } from './failure';

const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const PARTNER = 'urn:partner.soap.sforce.com';
const MAX_BYTES = 16 * 1024 * 1024;

export interface SoapCall extends Pick<SalesforceRequest, 'operation' | 'about' | 'repeatable'> {
	/** of the call in the partner WSDL: "convertLead" */
	name: string;
	content: { readonly [name: string]: XmlContent };
	/** beside that of the session */
	headers: Record<string, { readonly [name: string]: XmlContent }>;
}

export interface SoapAnswer {
	/** the element of the response: "convertLeadResponse" */
	answer: XmlElement;
	/** an earlier attempt may have had its effect: the answer to it was lost */
	lost: boolean;
}

/**
 * A call of the SOAP API, for the few things that REST does not offer. The session stands in the message,
 * not in the headers of HTTP, and a session that has expired is told as a fault.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_soapcalls.htm
 */
export async function soapCall(client: SalesforceClient, call: SoapCall): Promise<SoapAnswer> {
	const version = await client.version();
	for (let renewed = false; ; renewed = true) {
		const session = await client.session();
		const message = writeXml('Envelope', contentOf(call, session.accessToken), ENVELOPE);
		try {
			return await client.receive(
				{
					...call,
					method: 'POST',
					path: `/services/Soap/u/${version}`,
					headers: { 'content-type': 'text/xml; charset=UTF-8', soapaction: '""' },
					body: () => message,
					accept: [500],
				},
				async ({ body }, { lost }) => ({
					answer: responseIn(await body.collect(MAX_BYTES), client),
					lost,
				}),
			);
		} catch (error) {
			if (renewed || !(error instanceof Failure) || error.code !== 'INVALID_SESSION_ID')
				throw error;
			await session.refused();
		}
	}
}

const contentOf = ({ name, content, headers }: SoapCall, sessionId: string) => ({
	Header: {
		SessionHeader: { '@xmlns': PARTNER, sessionId },
		...Object.fromEntries(
			Object.entries(headers).map(([header, inside]) => [header, { '@xmlns': PARTNER, ...inside }]),
		),
	},
	Body: { [name]: { '@xmlns': PARTNER, ...content } },
});

function responseIn(bytes: Buffer, { redact, clock }: SalesforceClient): XmlElement {
	const body = child(envelopeIn(bytes), 'Body');
	const answer = body?.children[0];
	if (!answer) throw unreadable('an envelope without a body');
	if (answer.name !== 'Fault') return answer;
	const code = text(answer, 'faultcode') ?? '';
	const fault = {
		errorCode: code.slice(code.indexOf(':') + 1),
		message: redact.text(text(answer, 'faultstring') ?? ''),
	};
	// Every fault has the status 500, also where the request was wrong.
	throw salesforceFailure(400, {}, JSON.stringify([fault]), clock.now());
}

function envelopeIn(bytes: Buffer): XmlElement {
	try {
		return parseXml(bytes);
	} catch (error) {
		throw unreadable((error as Error).message, error);
	}
}

const unreadable = (why: string, cause?: unknown) =>
	new Failure({
		kind: 'unavailable',
		phase: 'maybeDone',
		code: 'UNREADABLE_ANSWER',
		message: `Salesforce answered, but not in SOAP: ${why}`,
		cause,
	});
