import type { Failure } from '../../shared/resilience/failure';

/** An attribute type of the server (RFC 4512 section 4.1.2), with what it inherits. */
export interface AttributeType {
	oid: string;
	names: string[];
	description?: string;
	/** OID of its syntax */
	syntax?: string;
	singleValue: boolean;
	noUserModification: boolean;
	usage: 'userApplications' | 'directoryOperation' | 'distributedOperation' | 'dSAOperation';
}

/** An object class of the server (RFC 4512 section 4.1.1). */
export interface ObjectClass {
	oid: string;
	names: string[];
	description?: string;
	kind: 'abstract' | 'structural' | 'auxiliary';
	/** the classes that it is made of, as the server names them */
	superiors: string[];
	/** Attributes that its entries must have: its own, of its superiors and of its DIT content rule. */
	must: string[];
	/** Attributes that its entries may have as well, from the same places. */
	may: string[];
}

/** The schema of a server; names are looked up without regard to case, options or OIDs. */
export interface Schema {
	attributeType(nameOrOid: string): AttributeType | undefined;
	objectClass(nameOrOid: string): ObjectClass | undefined;
	readonly attributeTypes: readonly AttributeType[];
	readonly objectClasses: readonly ObjectClass[];
	/** why it is empty, where the server says so */
	readonly refusal?: Failure;
}
