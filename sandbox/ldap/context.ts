import type { Result } from './answers.ts';
import type { Directory } from './directory.ts';
import { parseDn, type Dn } from './dn.ts';
import type { Entry } from './entry.ts';
import type { Control } from './message.ts';
import type { Actor, Personality, WriteContext } from './personality.ts';
import { Refusal } from './refusal.ts';

/** What all connections share. */
export interface Service {
	directory: Directory;
	personality: Personality;
	now(): Date;
	/** of all but the root DSE */
	requiresEncryption: boolean;
	/** changes that content synchronization remembers */
	sessionLog: number;
	/** LDAP URLs of the servers that hold what is below a name, by the key of the name */
	referrals: Map<string, { dn: string; urls: string[] }>;
}

/** One connection of a client. */
export interface Session {
	actor: Actor;
	encrypted: boolean;
}

/** One request on its way. */
export interface Context {
	service: Service;
	session: Session;
	/** those that count */
	controls: readonly Control[];
	/** the client abandoned the request, or is gone */
	signal: AbortSignal;
	/** Sends an answer that is not the last one, when the client has read those before. */
	send(operation: Buffer, controls?: Control[]): Promise<void>;
}

/** How an operation ended. */
export interface Outcome {
	result: Result;
	controls?: Control[];
	/** what follows the result in the answer */
	tail?: Buffer[];
}

export function writeContext({ service, session, controls }: Context): WriteContext {
	const { directory } = service;
	return {
		directory,
		actor: session.actor,
		encrypted: session.encrypted,
		now: service.now(),
		controls,
	};
}

/** @throws {Refusal} invalidDnSyntax */
export function readName(text: string, { directory, personality }: Service): Dn {
	try {
		return parseDn(text, directory.schema);
	} catch (error) {
		throw error instanceof Refusal ? personality.words.invalidDn(text) : error;
	}
}

/** The entry a request is about. @throws {Refusal} when there is none */
export function findEntry(
	text: string,
	service: Service,
	purpose: 'read' | 'write' = 'write',
): Entry {
	const special = service.personality.findSpecial(text, service.directory);
	if (special) return special;
	const dn = readName(text, service);
	checkReferral(dn, service);
	const entry = service.directory.get(dn.key);
	if (entry) return entry;
	const { words } = service.personality;
	const nearest = service.directory.nearest(dn);
	throw nearest ? words.noSuchObject(nearest.dn.text) : words.outside(purpose, text);
}

/** @throws {Refusal} with the URLs of another server where the name is held by one */
export function checkReferral(dn: Dn, { referrals }: Service): void {
	for (const [key, { urls }] of referrals) {
		if (dn.key !== key && !dn.key.endsWith(`,${key}`)) continue;
		const name = encodeURI(dn.text);
		throw new Refusal('referral', '', { referrals: urls.map((url) => `${url}/${name}`) });
	}
}
