import { enumerated, octets, sequence, set, tlv } from './ber.ts';
import type { RawAttribute } from './entry.ts';
import type { Operation } from './message.ts';
import type { Refusal } from './refusal.ts';

const tags: Partial<Record<Operation['type'], number>> = {
	bind: 0x61,
	search: 0x65,
	modify: 0x67,
	add: 0x69,
	delete: 0x6b,
	modifyDn: 0x6d,
	compare: 0x6f,
	extended: 0x78,
};

/** How an operation ended (RFC 4511 section 4.1.9). */
export type Result = Pick<Refusal, 'code' | 'matchedDn' | 'message' | 'referrals'>;

export const done = (code = 0): Result => ({ code, matchedDn: '', message: '', referrals: [] });

/** The answer that ends an operation; undefined for the two that have none. */
export function resultAnswer(
	type: Operation['type'],
	{ code, matchedDn, message, referrals }: Result,
	tail: Buffer[] = [],
): Buffer | undefined {
	const tag = tags[type];
	if (tag === undefined) return undefined;
	const urls = referrals.map((url) => octets(url));
	return tlv(
		tag,
		enumerated(code),
		octets(matchedDn),
		octets(message),
		...(urls.length > 0 ? [tlv(0xa3, ...urls)] : []),
		...tail,
	);
}

export function entryAnswer(dn: string, attributes: readonly RawAttribute[]): Buffer {
	const list = attributes.map(({ type, values }) =>
		sequence(octets(type), set(...values.map((value) => octets(value)))),
	);
	return tlv(0x64, octets(dn), sequence(...list));
}

export const referenceAnswer = (urls: string[]) => tlv(0x73, ...urls.map((url) => octets(url)));

/** RFC 4511 section 4.13. */
export const intermediateAnswer = (oid: string, value: Buffer) =>
	tlv(0x79, octets(oid, 0x80), octets(value, 0x81));

/** RFC 4511 section 4.4.1: the server ends the connection. */
export const noticeOfDisconnection = (code: number, text: string) =>
	tlv(0x78, enumerated(code), octets(''), octets(text), octets('1.3.6.1.4.1.1466.20036', 0x8a));
