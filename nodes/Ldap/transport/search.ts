import type { Entry } from './entry';
import type { Filter } from './filter';

export type Scope = 'base' | 'one' | 'subtree' | 'children';
export type DerefAliases = 'never' | 'searching' | 'finding' | 'always';

/** A control of a request or an answer (RFC 4511 section 4.1.11). */
export interface Control {
	oid: string;
	critical?: boolean;
	/** BER of the value */
	value?: Buffer;
}

export interface SortKey {
	attribute: string;
	reverse?: boolean;
	/** OID of an ordering rule */
	matchingRule?: string;
}

/** What is asked for (RFC 4511 section 4.5.1). */
export interface Search {
	base: string;
	scope: Scope;
	filter: Filter;
	/** none: all user attributes; "+": the operational ones; "1.1": none at all */
	attributes?: string[];
	typesOnly?: boolean;
	derefAliases?: DerefAliases;
	/** most entries in all, across pages; 0: as many as there are */
	sizeLimit?: number;
	/** for the server, in seconds; 0: as long as it takes */
	timeLimit?: number;
	/** entries of a page (RFC 2696); 0: unpaged */
	pageSize?: number;
	/**
	 * false: attributes that Active Directory gives in ranges stay as they are ("member;range=0-1499").
	 * Otherwise the rest is fetched, and they are whole.
	 */
	allValues?: boolean;
	/** DN of an entry that is left out, as the server writes it */
	without?: string;
	/** sorted by the server (RFC 2891) */
	sort?: SortKey[];
	/** the server announces that it sorts; any other has to say that it did */
	sorts?: boolean;
	controls?: Control[];
}

/** How a search ended that gave entries. */
export interface SearchEnd {
	/** Why entries may be missing: the limit of the client, or the result code of the server. */
	truncated?: { code: string; message: string };
	/** LDAP URLs of places where more may be found, not followed */
	referrals: string[];
}

/** Entries as they arrive, in groups; reading slowly makes the server wait. */
export type Entries = AsyncGenerator<Entry[], SearchEnd, undefined>;
