import type { blockSettings } from './documentChecks.ts';
import type { Encryption } from './encryption.ts';
import { invalidArgument } from './operation.ts';
import type { S3Request } from './request.ts';
import type { Bucket } from './store.ts';
import { childText, textsAt, type XmlNode } from './xml.ts';

/** How a bucket encrypts what comes without a wish. */
export function usualEncryption({ documents }: Bucket): Encryption {
	const root = documents.get('encryption');
	const [rule] = root?.children ?? [];
	if (!rule) return { kind: 'none' };
	const [algorithm = ''] = textsAt(rule, 'ApplyServerSideEncryptionByDefault', 'SSEAlgorithm');
	const [key] = textsAt(rule, 'ApplyServerSideEncryptionByDefault', 'KMSMasterKeyID');
	const headers: Record<string, string> = { 'x-amz-server-side-encryption': algorithm };
	if (key !== undefined) headers['x-amz-server-side-encryption-aws-kms-key-id'] = key;
	if (childText(rule, 'BucketKeyEnabled')?.toLowerCase() === 'true') {
		headers['x-amz-server-side-encryption-bucket-key-enabled'] = 'true';
	}
	return { kind: 'server', headers };
}

/** Whether one of the four settings against public access is on. */
export function blocks({ documents }: Bucket, setting: (typeof blockSettings)[number]): boolean {
	const root = documents.get('publicAccessBlock');
	return root !== undefined && childText(root, setting) === 'true';
}

/** Whether whoever asks has to pay. */
export function requesterPays({ documents }: Bucket): boolean {
	const root = documents.get('requestPayment');
	return root !== undefined && childText(root, 'Payer') === 'Requester';
}

const ownerships = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/**
 * Who owns new objects. Without a word about it whoever writes them, with ACLs in force, as in
 * buckets from before April 2023 and in servers that are compatible with S3.
 */
export function ownership({ documents }: Bucket): string {
	const root = documents.get('ownershipControls');
	return (root && textsAt(root, 'Rule', 'ObjectOwnership')[0]) ?? 'ObjectWriter';
}

const leaf = (name: string, content: string | XmlNode[]): XmlNode => ({
	name,
	attributes: '',
	text: typeof content === 'string' ? content : '',
	children: typeof content === 'string' ? [] : content,
});

/** The ownership that a new bucket asks for. @throws S3Error InvalidArgument */
export function setOwnership({ documents }: Bucket, { headers }: S3Request): void {
	const wanted = headers.get('x-amz-object-ownership');
	if (wanted === undefined) return;
	if (!ownerships.includes(wanted)) {
		throw invalidArgument(
			'x-amz-object-ownership',
			wanted,
			'Invalid x-amz-object-ownership header',
		);
	}
	const rule = leaf('Rule', [leaf('ObjectOwnership', wanted)]);
	documents.set('ownershipControls', leaf('OwnershipControls', [rule]));
}
