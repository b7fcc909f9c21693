import type { Clock } from '../../shared/ground/clock';
import type { Redact } from '../../shared/ground/redact';
import type { Attribute, Change } from './entry';
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
	/** all attributes, as the server names them */
	attributes: Attribute[];
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

export interface WriteOptions {
	controls?: Control[];
}

/** The verbs of LDAP: each repeats TLS and bind where a new connection is needed, or fails. */
export interface LdapClient {
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** takes the secrets of the credential out of what the server says */
	readonly redact: Redact;
	/** Passwords may be sent: nobody on the way can read them, or the credential says that they may. */
	readonly encrypted: boolean;
	/** in the credential, or the first naming context of the server */
	baseDn(): Promise<string>;
	/**
	 * Goes on after a lost connection without giving an entry twice. Rejects with a Failure where there
	 * is no result; a limit of the server ends it with `truncated`.
	 */
	search(search: Search): Entries;
	/** Repeated only after the server was asked whether it is there already. */
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
