/** One attribute of an entry as the server sent it: the description with its options, and bytes. */
export interface Attribute {
	/** attribute description, such as "cn", "userCertificate;binary" or "member;range=0-1499" */
	type: string;
	/** may be none, where only types were asked for or an attribute of Active Directory is in ranges */
	values: Buffer[];
}

/** An entry of the directory (RFC 4511 section 4.5.2). */
export interface Entry {
	dn: string;
	attributes: Attribute[];
}

/** One change of an entry (RFC 4511 section 4.6); "increment": RFC 4525. */
export interface Change extends Attribute {
	operation: 'add' | 'delete' | 'replace' | 'increment';
}
