import type { Words } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';
import type { AttributeType } from '../../schema.ts';

const svc = (code: string) =>
	`${code}: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0\n`;
const upd = (code: string, problem: string) =>
	`${code}: UpdErr: DSID-031A11E2, problem ${problem}, data 0\n`;
const name = (code: string, problem: string, nearest: string) =>
	`${code}: NameErr: DSID-0310028B, problem ${problem}, data 0, best match of:\n\t'${nearest}'\n`;
const conversion = () =>
	'00000057: LdapErr: DSID-0C090EF2, comment: Error in attribute conversion operation, data 0, v4563';

/** The text of a refusal that is about one attribute. */
export function attributeText(code: string, problem: string, attribute: string): string {
	const about = `problem ${problem}, data 0, Att 0 (${attribute})`;
	return `${code}: AtrErr: DSID-03190FBA, #1:\n\t0: ${code}: DSID-03190FBA, ${about}\n`;
}

const CONSTRAINT = '1005 (CONSTRAINT_ATT_TYPE)';
const nameOf = ({ names, oid }: AttributeType) => names[0] ?? oid;

/** WILL_NOT_PERFORM with the Windows error code that says why. */
export const unwilling = (code: string) => new Refusal('unwillingToPerform', svc(code));

export const constraint = (code: string, attribute: string) =>
	new Refusal('constraintViolation', attributeText(code, CONSTRAINT, attribute));

/** A value that another account has. */
export const taken = () =>
	new Refusal('entryAlreadyExists', upd('00000524', '6005 (ENTRY_EXISTS)'));

/** The name of an account has characters or a length that it may not have. */
export const invalidAccountName = () =>
	new Refusal('other', '00000523: SysErr: DSID-031A1256, problem 22 (Invalid argument), data 0\n');

export const misplaced = (nearest: string) =>
	new Refusal('namingViolation', name('00002099', '2005 (NAMING_VIOLATION)', nearest));

/** The refusals of Active Directory, in its codes and its words (MS-ADTS section 3.1.1.3.1.9). */
export const activeDirectoryWords: Words = {
	invalidDn: (text) =>
		new Refusal(
			'invalidDnSyntax',
			name('0000208F', '2006 (BAD_NAME)', text).replace('data 0', 'data 8350'),
		),
	noSuchObject: (nearest) =>
		new Refusal('noSuchObject', name('0000208D', '2001 (NO_OBJECT)', nearest), {
			matchedDn: nearest,
		}),
	noSuchParent: (nearest) =>
		new Refusal('noSuchObject', name('0000208D', '2001 (NO_OBJECT)', nearest), {
			matchedDn: nearest,
		}),
	noSuchNewParent: (nearest) =>
		new Refusal('noSuchObject', name('0000208D', '2001 (NO_OBJECT)', nearest), {
			matchedDn: nearest,
		}),
	outside: (_purpose, dn) => {
		const domain = [...dn.matchAll(/dc=([^,]+)/gi)].map(([, part]) => part).join('.');
		const text = `0000202B: RefErr: DSID-0310084A, data 0, 1 access points\n\tref 1: '${domain}'\n`;
		return domain
			? new Refusal('referral', text, { referrals: [`ldap://${domain}/${encodeURI(dn)}`] })
			: new Refusal('noSuchObject', name('0000208D', '2001 (NO_OBJECT)', ''));
	},
	entryExists: () => new Refusal('entryAlreadyExists', upd('00002071', '6005 (ENTRY_EXISTS)')),
	notLeaf: () => new Refusal('notAllowedOnNonLeaf', upd('00002015', '6003 (CANT_ON_NON_LEAF)')),
	undefinedType: () => new Refusal('noSuchAttribute', conversion()),
	noUserModification: (attribute) =>
		new Refusal('constraintViolation', attributeText('000020B1', CONSTRAINT, attribute)),
	noValues: (attribute) =>
		new Refusal('invalidAttributeSyntax', attributeText('00000057', CONSTRAINT, attribute)),
	manyGiven: (attribute) => constraint('00002081', attribute),
	invalidSyntax: () => new Refusal('invalidAttributeSyntax', conversion()),
	givenTwice: (attribute) =>
		new Refusal(
			'attributeOrValueExists',
			attributeText('00002083', '1006 (ATT_OR_VALUE_EXISTS)', attribute),
		),
	// Of a link it is the entry that exists already: the code clients look for is 68.
	valueExists: (type) =>
		nameOf(type) === 'member'
			? new Refusal('entryAlreadyExists', upd('00000562', '6005 (ENTRY_EXISTS)'))
			: new Refusal(
					'attributeOrValueExists',
					attributeText('00002083', '1006 (ATT_OR_VALUE_EXISTS)', nameOf(type)),
				),
	noSuchValue: (type) =>
		nameOf(type) === 'member'
			? unwilling('00000561')
			: new Refusal(
					'noSuchAttribute',
					attributeText('00002085', '1001 (NO_ATTRIBUTE_OR_VAL)', nameOf(type)),
				),
	noSuchAttribute: (type) =>
		nameOf(type) === 'member'
			? unwilling('00000561')
			: new Refusal(
					'noSuchAttribute',
					attributeText('00002085', '1001 (NO_ATTRIBUTE_OR_VAL)', nameOf(type)),
				),
	singleValue: (attribute) => constraint('00002081', attribute),
	noObjectClass: () =>
		new Refusal(
			'objectClassViolation',
			'0000207C: UpdErr: DSID-0315124D, problem 6002 (OBJ_CLASS_VIOLATION), data 0\n',
		),
	unknownClass: () => new Refusal('noSuchAttribute', conversion()),
	noStructuralClass: () => violation(),
	structuralChain: () => violation(),
	structuralChange: () =>
		new Refusal('objectClassModsProhibited', upd('000020B1', '6002 (OBJ_CLASS_VIOLATION)')),
	missing: () => violation(),
	notAllowed: () => violation(),
	naming: () => new Refusal('notAllowedOnRdn', upd('00002016', '6004 (CANT_ON_RDN)')),
	insufficientAccess: () =>
		new Refusal(
			'insufficientAccessRights',
			'00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n',
		),
	mustBeEncrypted: () =>
		new Refusal(
			'strongerAuthRequired',
			'00002028: LdapErr: DSID-0C090256, comment: The server requires binds to turn on integrity checking if SSL\\TLS are not already active on the connection, data 0, v4563',
		),
	unsupportedControl: () =>
		new Refusal(
			'unavailableCriticalExtension',
			'00000057: LdapErr: DSID-0C090D6D, comment: Error processing control, data 0, v4563',
		),
};

function violation(): Refusal {
	return new Refusal(
		'objectClassViolation',
		'0000207D: UpdErr: DSID-0315166D, problem 6002 (OBJ_CLASS_VIOLATION), data -1946157056\n',
	);
}
