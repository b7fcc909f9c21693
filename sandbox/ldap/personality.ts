import type { Directory } from './directory.ts';
import type { Entry } from './entry.ts';
import type { Change, Control, Operation, Scope } from './message.ts';
import type { Refusal } from './refusal.ts';
import type { AttributeType, Schema } from './schema.ts';

/** Who sends a request. */
export interface Actor {
	/** "" when nobody is bound */
	dn: string;
	key: string;
	role: 'anonymous' | 'user' | 'admin';
	/** what WhoAmI answers (RFC 4532) */
	authzId: string;
}

export const anonymous: Actor = { dn: '', key: '', role: 'anonymous', authzId: '' };

/** How a write reaches the server. */
export interface WriteContext {
	directory: Directory;
	actor: Actor;
	encrypted: boolean;
	now: Date;
	controls: readonly Control[];
}

/** The refusals of one kind of server, in its codes and its words. */
export interface Words {
	invalidDn(text: string): Refusal;
	noSuchObject(nearest: string): Refusal;
	noSuchParent(nearest: string): Refusal;
	noSuchNewParent(nearest: string): Refusal;
	/** not below the root entry of this server */
	outside(purpose: 'read' | 'write', dn: string): Refusal;
	entryExists(): Refusal;
	notLeaf(): Refusal;
	undefinedType(name: string): Refusal;
	noUserModification(name: string): Refusal;
	noValues(name: string): Refusal;
	manyGiven(name: string): Refusal;
	invalidSyntax(name: string, index: number): Refusal;
	givenTwice(name: string, index: number): Refusal;
	valueExists(type: AttributeType, index: number): Refusal;
	noSuchValue(type: AttributeType): Refusal;
	noSuchAttribute(type: AttributeType): Refusal;
	singleValue(name: string): Refusal;
	noObjectClass(): Refusal;
	unknownClass(name: string, index: number): Refusal;
	noStructuralClass(): Refusal;
	structuralChain(one: string, other: string): Refusal;
	structuralChange(from: string, to: string): Refusal;
	missing(className: string, attribute: string): Refusal;
	notAllowed(attribute: string): Refusal;
	/** @param others the attribute has other values */
	naming(attribute: string, others: boolean): Refusal;
	insufficientAccess(): Refusal;
	unsupportedControl(): Refusal;
	mustBeEncrypted(): Refusal;
}

export type Computed = Record<
	string,
	(entry: Entry, directory: Directory) => Array<string | Buffer>
>;

/** What makes a server OpenLDAP or Active Directory. */
export interface Personality {
	readonly name: 'openLdap' | 'activeDirectory';
	readonly schema: Schema;
	/** forward and back attribute, such as member and memberOf */
	readonly linkPairs: ReadonlyArray<readonly [string, string]>;
	/** the links that follow when an entry is renamed or deleted */
	readonly followedLinks: readonly string[];
	/** whether that is a change of the entry that holds the link */
	readonly linkUpdatesCount: boolean;
	/** whether a modify that leaves all values as they are is no change of the entry */
	readonly ignoresNoChange: boolean;
	/** whether a link must name an entry that is there */
	readonly strictLinks: boolean;
	readonly words: Words;
	readonly base: string;
	readonly subschemaDn: string;
	readonly subschemaClasses: readonly string[];
	/** most entries of an unpaged search and of a page */
	readonly maxPageSize: number;
	/** most values of one attribute in one answer */
	readonly maxValues: number;
	/** OIDs of the controls that an operation takes */
	readonly controls: Partial<Record<Operation['type'], readonly string[]>>;
	readonly extensions: readonly string[];
	/** of the root DSE, besides what follows from the above */
	rootDse(directory: Directory, now: Date): Record<string, string[]>;
	/** LDAP URLs of other parts of the directory, by the names of these */
	readonly otherParts: ReadonlyArray<{ dn: string; urls: string[] }>;
	/** attributes that entries are found by at once */
	readonly indexed: readonly string[];
	/** Finds the entry of a name that is no DN, such as "<GUID=...>". */
	findSpecial(name: string, directory: Directory): Entry | undefined;
	/** attributes that are made when they are read */
	readonly computed: Computed;
	/** Fills the empty directory. */
	plant(directory: Directory, now: Date): void;
	/** The entry a name of a simple bind means, or the administrator. @throws {Refusal} */
	authenticate(name: string, password: string, context: WriteContext): Actor;
	/** @throws {Refusal} when the actor may not read at all */
	checkSearch(actor: Actor, base: string, scope: Scope): void;
	/** Whether the actor may see the values. */
	mayRead(actor: Actor, entry: Entry, type: AttributeType): boolean;
	/** @throws {Refusal} when the actor may not */
	checkWrite(actor: Actor, target: Entry | undefined, changes?: readonly Change[]): void;
	/** Fills in and checks what the server itself is responsible for; before the schema is checked. */
	completeAdd(entry: Entry, context: WriteContext): void;
	/**
	 * Makes the changes on `after` that mean something else than their values say. Returns the
	 * others.
	 */
	takeChanges(after: Entry, changes: readonly Change[], context: WriteContext): readonly Change[];
	completeModify(
		before: Entry,
		after: Entry,
		changes: readonly Change[],
		context: WriteContext,
	): void;
	completeRename(before: Entry, after: Entry, context: WriteContext): void;
	/** Whether the entry may go; what is left of it, if anything. */
	beforeDelete(entry: Entry, context: WriteContext): Entry | undefined;
	hasPassword(entry: Entry, password: string, directory: Directory): boolean;
	/** RFC 3062. @throws {Refusal} */
	setPassword(entry: Entry, password: string): void;
}
