import { element, parseXml, xmlDocument, type Xml, type XmlNode } from '../../s3/xml.ts';
import type { Answer } from '../answer.ts';
import { ApiError } from '../errors.ts';
import type { Call, Route } from '../router.ts';
import { convertLeads } from './convertLead.ts';

const namespaces =
	'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/** A call of the SOAP API: its element in the body, and the headers of the envelope. */
export type SoapHandler = (call: Call, body: XmlNode, header: XmlNode | undefined) => Xml[];

const handlers: Record<string, SoapHandler> = { convertLead: convertLeads };

const child = (node: XmlNode | undefined, name: string) =>
	node?.children.find((one) => one.name === name);

const envelope = (content: Xml[]): string =>
	xmlDocument(element('soapenv:Envelope', [element('soapenv:Body', content)], namespaces));

function fault(code: string, message: string): Answer {
	const text = `${code}: ${message}`;
	const body = envelope([
		element('soapenv:Fault', [
			element('faultcode', `sf:${code}`),
			element('faultstring', text),
			element('detail', [
				element(
					'sf:UnexpectedErrorFault',
					[element('sf:exceptionCode', code), element('sf:exceptionMessage', message)],
					'xsi:type="sf:UnexpectedErrorFault"',
				),
			]),
		]),
	]);
	return { status: 500, headers: { 'content-type': 'text/xml;charset=utf-8' }, body };
}

/**
 * The partner SOAP API, as far as REST has nothing instead of it. The session stands in the envelope.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_soapcalls.htm
 */
function partner(call: Call): Answer {
	const { org, request } = call;
	let root: XmlNode;
	try {
		root = parseXml(request.body.toString());
	} catch {
		return fault('UNKNOWN_EXCEPTION', 'Premature end of file');
	}
	const header = child(root, 'Header');
	const token = child(child(header, 'SessionHeader'), 'sessionId')?.text ?? '';
	const session = org.sessions.of(token);
	if (!session) {
		return fault(
			'INVALID_SESSION_ID',
			'Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash: sandbox',
		);
	}
	if (org.apiRequests >= org.settings.dailyApiRequests) {
		return fault('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
	}
	org.apiRequests++;
	const [body] = child(root, 'Body')?.children ?? [];
	const handler = handlers[body?.name ?? ''];
	if (!body || !handler) {
		return fault('INVALID_OPERATION', `No operation available for request ${body?.name ?? ''}`);
	}
	try {
		const { request, params, dispatch } = call;
		const base = `/services/data/v${params.version}`;
		const inside = { org, request, params, version: params.version ?? '', base, session, dispatch };
		const results = handler(inside, body, header);
		return {
			status: 200,
			headers: { 'content-type': 'text/xml;charset=UTF-8' },
			body: envelope([element(`${body.name}Response`, results)]),
		};
	} catch (error) {
		const [detail] = error instanceof ApiError ? error.details : [];
		if (!detail) throw error;
		return fault(detail.code, detail.message);
	}
}

export const soapRoutes: Route[] = [
	{ method: 'POST', path: '//services/Soap/u/:version', open: true, handle: partner },
	{ method: 'POST', path: '//services/Soap/u/:version/:organization', open: true, handle: partner },
];
