import { Failure } from '../../shared/resilience/failure';
import type { XmlElement } from '../../shared/transport/xml';
import { child, children, parseXml, text, writeXml } from '../../shared/transport/xml';

/** One notification of an outbound message: what happened to one record. */
export interface Notification {
	/** 18 characters, "04l...": the same however often it is sent */
	notificationId: string;
	/** API name */
	object: string;
	/** the fields that the message was made with; all values are texts, null where there is none */
	record: Record<string, string | null>;
}

export interface OutboundMessage {
	/** 18 characters, "00D..." */
	organizationId: string;
	/** 18 characters, "04k...": which outbound message of the org it is */
	actionId: string;
	notifications: Notification[];
}

const NOTIFICATIONS = 'http://soap.sforce.com/2005/09/outbound';
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';

/**
 * What Salesforce has posted. The session that may stand in it is not read: it would open the org to
 * whoever sees the item.
 * https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_wsdl.htm
 * @throws Failure MALFORMED when it is something else
 */
export function outboundMessageIn(posted: string): OutboundMessage {
	const message = envelopeIn(posted);
	const body = child(message, 'Body');
	const told = body && child(body, 'notifications');
	const organizationId = told && text(told, 'OrganizationId');
	if (!told || !organizationId) throw malformed('The body is no outbound message of Salesforce');
	// All records of a message are of one object.
	const [, object = ''] =
		/<(?:[\w.-]+:)?sObject\b[^>]*?\btype\s*=\s*["'](?:[\w.-]+:)?(\w+)["']/.exec(posted) ?? [];
	return {
		organizationId,
		actionId: text(told, 'ActionId') ?? '',
		notifications: children(told, 'Notification').map((one) => notificationOf(one, object)),
	};
}

function envelopeIn(posted: string): XmlElement {
	try {
		return parseXml(posted);
	} catch (error) {
		throw malformed(
			`The body is no XML: ${error instanceof Error ? error.message : String(error)}`,
		);
	}
}

function notificationOf(notification: XmlElement, object: string): Notification {
	const notificationId = text(notification, 'Id');
	const sObject = child(notification, 'sObject');
	if (!notificationId || !sObject) throw malformed('A notification has no ID or no record');
	const fields = sObject.children.map((field) => [field.name, field.text || null] as const);
	return { notificationId, object, record: Object.fromEntries(fields) };
}

/**
 * Tells Salesforce that all notifications of a message have arrived. Without it the message is sent
 * again for 24 hours.
 */
export const acknowledgement = (): string =>
	writeXml(
		'Envelope',
		{ Body: { notificationsResponse: { '@xmlns': NOTIFICATIONS, Ack: true } } },
		ENVELOPE,
	).toString();

const malformed = (message: string) =>
	new Failure({ kind: 'invalid', phase: 'rejected', code: 'MALFORMED', message });
