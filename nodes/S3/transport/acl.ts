import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { Version } from './subresource';
import { aboutObject, checkTakesNotice, readSubresource } from './subresource';
import type { Grant, WriteOptions } from './writeHeaders';
import { aclHeaders } from './writeHeaders';
import type { XmlElement } from './xml';
import { child, children, text } from './xml';

export interface Acl {
	owner: { id: string; displayName?: string };
	grants: Array<Grant & { displayName?: string }>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAcl.html */
export async function getObjectAcl(s3: S3Client, object: Version): Promise<Acl> {
	const request = aboutObject('GetObjectAcl', 'GET', object, 'acl');
	return await readSubresource(s3, request, 'AccessControlPolicy', (policy) => {
		const owner = policy && child(policy, 'Owner');
		const list = policy && child(policy, 'AccessControlList');
		return {
			owner: { id: (owner && text(owner, 'ID')) ?? '', ...nameIn(owner) },
			// s3rver has the permission beside the grant, so that it grants nothing.
			grants: (list ? children(list, 'Grant') : [])
				.map(grantOf)
				.filter(({ permission }) => permission !== ''),
		};
	});
}

const nameIn = (element: XmlElement | undefined) => {
	const displayName = element && text(element, 'DisplayName');
	return displayName ? { displayName } : {};
};

// The type of the grantee follows from what it has; the attribute that says so is not read.
const GRANTEES = [
	['id', 'ID'],
	['uri', 'URI'],
	['emailAddress', 'EmailAddress'],
] as const;

function grantOf(grant: XmlElement): Acl['grants'][number] {
	const found = GRANTEES.find(([, name]) => text(grant, 'Grantee', name));
	const [granteeType, name] = found ?? GRANTEES[0];
	return {
		permission: text(grant, 'Permission') ?? '',
		granteeType,
		grantee: text(grant, 'Grantee', name) ?? '',
		...nameIn(child(grant, 'Grantee')),
	};
}

/**
 * The ACL of the object is this, instead of what it was.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectAcl.html
 */
export async function putObjectAcl(
	s3: S3Client,
	object: Version,
	acl: Pick<WriteOptions, 'acl' | 'grants'>,
): Promise<void> {
	const headers = aclHeaders(acl);
	if (Object.keys(headers).length === 0) throw invalidInput('Give an "ACL" or "Grants"');
	await checkTakesNotice(s3, object, 'acl', async () => await getObjectAcl(s3, object));
	await s3.call({ ...aboutObject('PutObjectAcl', 'PUT', object, 'acl'), headers }, () => {});
}
