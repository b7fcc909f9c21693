import { BerError, BerReader, Tag, boolean, element, integer, octets, sequence } from './ber';
import type { Entry } from './entry';
import { ReceivedEntry } from './receivedEntry';
import type { Control } from './search';

/** The outcome of an operation (RFC 4511 section 4.1.9). */
export interface Result {
	type: 'result';
	/** the tag of the response */
	tag: number;
	code: number;
	matchedDn: string;
	/** the server's own words */
	message: string;
	/** LDAP URLs, with code 10 */
	referrals: string[];
	controls: Control[];
	/** of a bind with SASL */
	serverSaslCreds?: Buffer;
	/** of an extended operation */
	oid?: string;
	value?: Buffer;
}

export interface EntryAnswer {
	type: 'entry';
	entry: Entry;
	controls: Control[];
}

export interface ReferenceAnswer {
	type: 'reference';
	urls: string[];
	controls: Control[];
}

/** RFC 4511 section 4.13 */
export interface IntermediateAnswer {
	type: 'intermediate';
	oid?: string;
	value?: Buffer;
	controls: Control[];
}

/** What a search gives before its result. */
export type SearchAnswer = EntryAnswer | ReferenceAnswer | IntermediateAnswer;

export type Answer = SearchAnswer | Result;

/** Tags of the responses (RFC 4511 appendix B). */
export const Response = {
	bind: 0x61,
	entry: 0x64,
	search: 0x65,
	modify: 0x67,
	add: 0x69,
	delete: 0x6b,
	modifyDn: 0x6d,
	compare: 0x6f,
	reference: 0x73,
	extended: 0x78,
	intermediate: 0x79,
} as const;

/** Result codes that decide what happens next (RFC 4511 appendix A). */
export const Code = {
	success: 0,
	protocolError: 2,
	timeLimitExceeded: 3,
	sizeLimitExceeded: 4,
	compareFalse: 5,
	compareTrue: 6,
	referral: 10,
	adminLimitExceeded: 11,
	unavailableCriticalExtension: 12,
	noSuchAttribute: 16,
	inappropriateMatching: 18,
	constraintViolation: 19,
	attributeOrValueExists: 20,
	noSuchObject: 32,
	aliasProblem: 33,
	invalidDnSyntax: 34,
	aliasDereferencingProblem: 36,
	invalidCredentials: 49,
	insufficientAccessRights: 50,
	unwillingToPerform: 53,
	objectClassViolation: 65,
	notAllowedOnNonLeaf: 66,
	entryAlreadyExists: 68,
	other: 80,
} as const;

const RESULTS: ReadonlySet<number> = new Set([
	Response.bind,
	Response.search,
	Response.modify,
	Response.add,
	Response.delete,
	Response.modifyDn,
	Response.compare,
	Response.extended,
]);

const SEARCH_REQUEST = 0x63;

/** The tag of the result of an operation: the next one, and with searches that after entries. */
export function responseTo(operation: Buffer): number {
	const tag = operation[0] ?? 0;
	return 0x60 | ((tag & 0x1f) + (tag === SEARCH_REQUEST ? 2 : 1));
}

const CONTROLS = 0xa0;
const LARGEST_ID = 2 ** 31 - 1;

/** A whole message around an operation (RFC 4511 section 4.1.1). */
export const encodeMessage = (
	id: number,
	operation: Buffer,
	controls: readonly Control[],
): Buffer =>
	controls.length === 0
		? sequence(integer(id), operation)
		: sequence(integer(id), operation, element(CONTROLS, ...controls.map(encodeControl)));

const encodeControl = ({ oid, critical, value }: Control) =>
	sequence(
		octets(oid),
		...(critical ? [boolean(true)] : []),
		...(value === undefined ? [] : [octets(value)]),
	);

/**
 * Reads one message that came from the server.
 * @throws BerError where it is none
 */
export function decodeMessage(bytes: Buffer): { id: number; answer: Answer } {
	const reader = new BerReader(bytes);
	const end = reader.enter(Tag.sequence);
	const id = reader.integer();
	if (id < 0 || id > LARGEST_ID) throw new BerError(`a message ID of ${id}`);
	const tag = reader.peek();
	const answer = decodeAnswer(reader, tag, bytes);
	if (reader.peek() === CONTROLS) answer.controls = decodeControls(reader);
	reader.leave(end);
	return { id, answer };
}

function decodeAnswer(reader: BerReader, tag: number, bytes: Buffer): Answer {
	if (tag === Response.entry) {
		return { type: 'entry', entry: decodeEntry(reader, bytes), controls: NONE };
	}
	if (tag === Response.reference) {
		const urls = decodeTexts(reader, tag);
		return { type: 'reference', urls, controls: NONE };
	}
	if (tag === Response.intermediate) return decodeIntermediate(reader);
	if (!RESULTS.has(tag)) throw new BerError(`a message of the unknown kind 0x${tag.toString(16)}`);
	return decodeResult(reader, tag);
}

// One for all: 100,000 entries would have as many empty lists.
const NONE: Control[] = [];

function decodeEntry(reader: BerReader, bytes: Buffer): Entry {
	const outer = reader.enter(Response.entry);
	const dn = reader.text();
	const end = reader.enter(Tag.sequence);
	const start = reader.position;
	while (reader.more) checkAttribute(reader);
	const entry = new ReceivedEntry(dn, bytes, start, reader.position);
	reader.leave(end);
	reader.leave(outer);
	return entry;
}

/** What is wrong is told while the connection can still be closed for it. */
function checkAttribute(reader: BerReader): void {
	const outer = reader.enter(Tag.sequence);
	reader.pass();
	const end = reader.enter(Tag.set);
	while (reader.more) reader.pass();
	reader.leave(end);
	reader.leave(outer);
}

function decodeResult(reader: BerReader, tag: number): Result {
	const outer = reader.enter(tag);
	const result: Result = {
		type: 'result',
		tag,
		code: reader.enumerated(),
		matchedDn: reader.text(),
		message: reader.text(),
		referrals: [],
		controls: NONE,
	};
	if (reader.peek() === (Tag.contextOf | 3)) result.referrals = decodeTexts(reader, reader.peek());
	if (tag === Response.bind && reader.peek() === (Tag.context | 7))
		result.serverSaslCreds = reader.octets(reader.peek());
	if (tag === Response.extended) {
		if (reader.peek() === (Tag.context | 10)) result.oid = reader.text(reader.peek());
		if (reader.peek() === (Tag.context | 11)) result.value = reader.octets(reader.peek());
	}
	reader.leave(outer);
	return result;
}

function decodeIntermediate(reader: BerReader): IntermediateAnswer {
	const outer = reader.enter(Response.intermediate);
	const answer: IntermediateAnswer = { type: 'intermediate', controls: NONE };
	if (reader.peek() === Tag.context) answer.oid = reader.text(Tag.context);
	if (reader.peek() === (Tag.context | 1)) answer.value = reader.octets(Tag.context | 1);
	reader.leave(outer);
	return answer;
}

function decodeTexts(reader: BerReader, tag: number): string[] {
	const outer = reader.enter(tag);
	const texts: string[] = [];
	while (reader.more) texts.push(reader.text());
	reader.leave(outer);
	return texts;
}

function decodeControls(reader: BerReader): Control[] {
	const outer = reader.enter(CONTROLS);
	const controls: Control[] = [];
	while (reader.more) {
		const end = reader.enter(Tag.sequence);
		const control: Control = { oid: reader.text() };
		if (reader.peek() === Tag.boolean) control.critical = reader.boolean();
		if (reader.peek() === Tag.octets) control.value = reader.octets();
		reader.leave(end);
		controls.push(control);
	}
	reader.leave(outer);
	return controls;
}
