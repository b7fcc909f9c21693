/** Of what can have an ACL. */
export const grantHeaders = ['x-amz-acl', 'x-amz-grant-*'];

/** Of everything that makes an object. */
export const writing = [...grantHeaders, 'x-amz-meta-*', 'x-amz-storage-class', 'x-amz-tagging'];

export const copying = [
	'x-amz-copy-source',
	'x-amz-copy-source-if-*',
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
	headers: ['x-amz-checksum-mode'],
};
