import type { Clock } from '../../shared/ground/clock';
import type { Failure } from '../../shared/resilience/failure';
import type { Redact } from '../../shared/ground/redact';
import type { Attribute, Change } from './entry';
import type { SearchAnswer } from './message';
import type { Schema } from './schema';
import type { Control, Entries, Search } from './search';

/** What the server says about itself (RFC 4512 section 5.1), with the values of the names it knows. */
export interface RootDse {
	namingContexts: string[];
	defaultNamingContext?: string;
	subschemaSubentry?: string;
	supportedControl: ReadonlySet<string>;
	supportedExtension: ReadonlySet<string>;
	supportedFeatures: ReadonlySet<string>;
	supportedCapabilities: ReadonlySet<string>;
	supportedSASLMechanisms: string[];
	/** all attributes, as the server names them; none where it does not show them */
	attributes: Attribute[];
	/** why it does not show them, where it says so */
	refusal?: Failure;
	/** "activeDirectory" for Windows and Samba */
	vendor: 'activeDirectory' | 'openLdap' | 'other';
}

export interface Rename {
	/** "cn=new name": escaped */
	newRdn: string;
	/** whether the old value of the RDN is taken from the entry */
	deleteOldRdn: boolean;
	/** DN of the new parent, where it moves */
	newSuperior?: string;
}

/** What a search gives that stays open, in groups, and the controls of its end. */
export type Listening = AsyncGenerator<SearchAnswer[], { controls: Control[] }, undefined>;

export interface WriteOptions {
	controls?: Control[];
}

/** The server in use, and how the connection to it is protected. */
export interface Contact {
	/** as people write it: "ldap.example.com:636" */
	server: string;
	/** left out: the connection is not encrypted */
	tls?: {
		/** "TLSv1.3" */
		version: string;
		/** in the words of the standard: "TLS_AES_256_GCM_SHA384" */
		cipher: string;
		/** when the certificate of the server expires (ms since 1970) */
		expiresAt: number;
	};
}

/** The verbs of LDAP: each repeats TLS and bind where a new connection is needed, or fails. */
export interface LdapClient {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	readonly redact: Redact;
	/** Passwords may be sent: nobody on the way can read them, or the credential says that they may. */
	readonly encrypted: boolean;
	/** Connects and signs in, where that is not done. */
	contact(): Promise<Contact>;
	/** in the credential, or the first naming context of the server */
	baseDn(): Promise<string>;
	/**
	 * Goes on after a lost connection without giving an entry twice. Rejects with a Failure where there
	 * is no result; a limit of the server ends it with `truncated`.
	 */
	search(search: Search): Entries;
	/**
	 * A search that stays open on a connection of its own: entries, references and intermediate
	 * responses with their controls, as they come. It asks for exactly what is in the search: neither
	 * pages nor limits are added. Returns when the server ends it; rejects with a Failure when the server
	 * refuses, the connection is lost or the signal is aborted. Nothing is repeated once it was open.
	 */
	listen(search: Search, signal: AbortSignal): Listening;
	/**
	 * Here and below: what cannot be repeated without harm is repeated after a lost answer only when
	 * the server shows that it was not done, and rejects in phase `maybeDone` when nobody can know.
	 */
	add(dn: string, attributes: Attribute[], options?: WriteOptions): Promise<void>;
	modify(dn: string, changes: Change[], options?: WriteOptions): Promise<void>;
	delete(dn: string, options?: WriteOptions): Promise<void>;
	modifyDn(dn: string, rename: Rename, options?: WriteOptions): Promise<void>;
	compare(dn: string, attribute: string, value: Buffer): Promise<boolean>;
	/** @param repeatable sending it twice has the same effect as once */
	extended(
		oid: string,
		value?: Buffer,
		repeatable?: boolean,
	): Promise<{ oid?: string; value?: Buffer }>;
	/** A simple bind on a connection of its own. Rejects with a Failure of kind auth when it is refused. */
	authenticate(name: string, password: string): Promise<void>;
	/** of the server in use; asked once and kept */
	rootDse(): Promise<RootDse>;
	/** of the server in use; asked once and kept */
	schema(): Promise<Schema>;
}
