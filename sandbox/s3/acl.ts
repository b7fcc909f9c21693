import { S3Error } from './errors.ts';
import { invalidArgument } from './operation.ts';
import type { S3Request } from './request.ts';
import { canonicalId } from './users.ts';
import { childText, element, resultDocument, type XmlNode } from './xml.ts';

export const permissions = ['FULL_CONTROL', 'READ', 'WRITE', 'READ_ACP', 'WRITE_ACP'] as const;
export type Permission = (typeof permissions)[number];

export interface Grant {
	/** Name of a user, or the address of a group. */
	to: { user: string } | { group: string };
	permission: Permission;
}

/** Who may do what; a bucket or an object has one. */
export interface Acl {
	/** Name of the user. */
	owner: string;
	grants: readonly Grant[];
}

export const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers';
export const authenticatedUsers = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const logDelivery = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const groups = [allUsers, authenticatedUsers, logDelivery];

const toGroup = (group: string, ...granted: Permission[]): Grant[] =>
	granted.map((permission) => ({ to: { group }, permission }));

const toUser = (user: string, permission: Permission): Grant => ({ to: { user }, permission });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl */
const canned: Record<string, (bucketOwner: string) => Grant[]> = {
	private: () => [],
	'public-read': () => toGroup(allUsers, 'READ'),
	'public-read-write': () => toGroup(allUsers, 'READ', 'WRITE'),
	'authenticated-read': () => toGroup(authenticatedUsers, 'READ'),
	'aws-exec-read': () => [],
	'bucket-owner-read': (bucketOwner) => [toUser(bucketOwner, 'READ')],
	'bucket-owner-full-control': (bucketOwner) => [toUser(bucketOwner, 'FULL_CONTROL')],
	'log-delivery-write': () => toGroup(logDelivery, 'WRITE', 'READ_ACP'),
};

/** Only the owner may do anything. */
export function privateAcl(owner: string): Acl {
	return { owner, grants: [toUser(owner, 'FULL_CONTROL')] };
}

const grantHeaders: Record<string, Permission> = {
	'x-amz-grant-full-control': 'FULL_CONTROL',
	'x-amz-grant-read': 'READ',
	'x-amz-grant-write': 'WRITE',
	'x-amz-grant-read-acp': 'READ_ACP',
	'x-amz-grant-write-acp': 'WRITE_ACP',
};

/** Finds the user of a canonical id. */
type Users = readonly string[];

function userWith(id: string, users: Users): string {
	const user = users.find((one) => canonicalId(one) === id);
	if (user !== undefined) return user;
	throw invalidArgument('CanonicalUser/ID', id, 'Invalid id');
}

function groupAt(uri: string): string {
	if (groups.includes(uri)) return uri;
	throw invalidArgument('Group/URI', uri, 'Invalid group uri');
}

function byEmail(address: string): S3Error {
	return new S3Error('UnresolvableGrantByEmailAddress', { elements: { Email: address } });
}

/** `id="...", uri="..."` */
function readGrantHeader(name: string, text: string, users: Users): Array<Grant['to']> {
	return text.split(',').map((one) => {
		const [, kind, value = ''] = /^\s*(id|uri|emailAddress)="?([^"]*)"?\s*$/.exec(one) ?? [];
		if (kind === 'id') return { user: userWith(value, users) };
		if (kind === 'uri') return { group: groupAt(value) };
		if (kind === 'emailAddress') throw byEmail(value);
		throw invalidArgument(name, text, 'Argument format not recognized');
	});
}

/**
 * The ACL that the headers of a request ask for; private when they say nothing.
 * @param bucketOwner whom the canned ACLs of that name mean
 * @throws S3Error InvalidArgument, InvalidRequest, UnresolvableGrantByEmailAddress
 */
export function aclOf(
	{ headers }: S3Request,
	owner: string,
	bucketOwner: string,
	users: Users,
): Acl {
	const name = headers.get('x-amz-acl');
	const grants = Object.entries(grantHeaders).flatMap(([header, permission]) => {
		const text = headers.get(header);
		if (text === undefined) return [];
		return readGrantHeader(header, text, users).map((to) => ({ to, permission }));
	});
	if (name !== undefined && grants.length > 0) {
		throw new S3Error('InvalidRequest', {
			message: 'Specifying both Canned ACLs and Header Grants is not allowed',
		});
	}
	if (name === undefined && grants.length > 0) return { owner, grants };
	const more = canned[name ?? 'private'];
	if (!more) throw invalidArgument('x-amz-acl', name ?? '', '');
	const extra = more(bucketOwner).filter(({ to }) => !('user' in to) || to.user !== owner);
	return { owner, grants: [...privateAcl(owner).grants, ...extra] };
}

/** Whether the headers of a request say anything about an ACL. */
export function mentionsAcl({ headers }: S3Request): boolean {
	return ['x-amz-acl', ...Object.keys(grantHeaders)].some((name) => headers.has(name));
}

function readGrant(node: XmlNode, users: Users): Grant {
	const grantee = node.children.find(({ name }) => name === 'Grantee');
	const permission = permissions.find((one) => one === childText(node, 'Permission'));
	if (node.name !== 'Grant' || !grantee || !permission) throw new S3Error('MalformedACLError');
	const id = childText(grantee, 'ID');
	const uri = childText(grantee, 'URI');
	const email = childText(grantee, 'EmailAddress');
	if (email !== undefined) throw byEmail(email);
	if (id !== undefined) return { to: { user: userWith(id, users) }, permission };
	if (uri === undefined) throw new S3Error('MalformedACLError');
	return { to: { group: groupAt(uri) }, permission };
}

/** The ACL of an `<AccessControlPolicy>` document. @throws S3Error MalformedACLError, AccessDenied ... */
export function readAcl(root: XmlNode, owner: string, users: Users): Acl {
	const named = root.children.find(({ name }) => name === 'Owner');
	const list = root.children.find(({ name }) => name === 'AccessControlList');
	if (!named || !list) throw new S3Error('MalformedACLError');
	// The owner never changes by an ACL.
	if (childText(named, 'ID') !== canonicalId(owner)) throw new S3Error('AccessDenied');
	return { owner, grants: list.children.map((node) => readGrant(node, users)) };
}

/** The Owner element. */
export function ownerElement(user: string, name = 'Owner') {
	return element(name, [element('ID', canonicalId(user)), element('DisplayName', user)]);
}

/** An `<AccessControlPolicy>` document. */
export function aclDocument({ owner, grants }: Acl): string {
	const schema = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
	const rows = grants.map(({ to, permission }) => {
		const grantee =
			'user' in to
				? element(
						'Grantee',
						[element('ID', canonicalId(to.user)), element('DisplayName', to.user)],
						`${schema} xsi:type="CanonicalUser"`,
					)
				: element('Grantee', [element('URI', to.group)], `${schema} xsi:type="Group"`);
		return element('Grant', [grantee, element('Permission', permission)]);
	});
	return resultDocument('AccessControlPolicy', [
		ownerElement(owner),
		element('AccessControlList', rows),
	]);
}

/** Whether an ACL lets a user do something. */
export function aclAllows(acl: Acl, user: string, wanted: Permission): boolean {
	const known = user !== 'anonymous';
	return acl.grants.some(
		({ to, permission }) =>
			(permission === wanted || permission === 'FULL_CONTROL') &&
			('user' in to
				? to.user === user
				: to.group === allUsers || (to.group === authenticatedUsers && known)),
	);
}

/** An ACL without what it grants to groups of strangers. */
export function withoutGroups({ owner, grants }: Acl): Acl {
	return {
		owner,
		grants: grants.filter(({ to }) => 'user' in to || to.group === logDelivery),
	};
}
