/** Of what can have an ACL. */
export const grantHeaders = [
	'x-amz-acl',
	'x-amz-grant-full-control',
	'x-amz-grant-read',
	'x-amz-grant-read-acp',
	'x-amz-grant-write',
	'x-amz-grant-write-acp',
];

/** A key of the client. */
export const customerKey = [
	'x-amz-server-side-encryption-customer-algorithm',
	'x-amz-server-side-encryption-customer-key',
	'x-amz-server-side-encryption-customer-key-md5',
];

/** Of everything that makes an object. */
export const writing = [
	...grantHeaders,
	...customerKey,
	'x-amz-meta-*',
	'x-amz-storage-class',
	'x-amz-tagging',
	'x-amz-website-redirect-location',
	'x-amz-server-side-encryption',
	'x-amz-server-side-encryption-aws-kms-key-id',
	'x-amz-server-side-encryption-bucket-key-enabled',
	'x-amz-server-side-encryption-context',
	'x-amz-object-lock-legal-hold',
	'x-amz-object-lock-mode',
	'x-amz-object-lock-retain-until-date',
];

export const copying = [
	'x-amz-copy-source',
	'x-amz-copy-source-if-match',
	'x-amz-copy-source-if-modified-since',
	'x-amz-copy-source-if-none-match',
	'x-amz-copy-source-if-unmodified-since',
	'x-amz-copy-source-server-side-encryption-customer-algorithm',
	'x-amz-copy-source-server-side-encryption-customer-key',
	'x-amz-copy-source-server-side-encryption-customer-key-md5',
	'x-amz-source-expected-bucket-owner',
];

export const reading = {
	query: [
		'versionId',
		'partNumber',
		'response-content-type',
		'response-content-language',
		'response-expires',
		'response-cache-control',
		'response-content-disposition',
		'response-content-encoding',
	],
	headers: ['x-amz-checksum-mode', 'x-amz-server-side-encryption', ...customerKey],
};

export const bypass = ['x-amz-bypass-governance-retention'];
