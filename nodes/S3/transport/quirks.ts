/** Where S3-compatible servers differ in what a client may use. */
export interface Quirks {
	/** checks the header x-amz-checksum-crc32 of what is sent, and returns it with what is read */
	crc32: boolean;
	/** takes a body in signed chunks (aws-chunked) */
	chunks: boolean;
	/** version of ListObjects to begin with */
	listVersion: 1 | 2;
	/** most parts of one multipart upload */
	maxParts: number;
	/** smallest part but for the last, in bytes */
	minPartBytes: number;
	/** has UploadPartCopy */
	copyParts: boolean;
	/** all parts but the last must have one size */
	equalParts: boolean;
	/** the ETag of a multipart object is the MD5 of the MD5s of its parts */
	multipartEtag: boolean;
	/** takes and returns user metadata beyond ASCII as encoded words (RFC 2047), not as UTF-8 */
	encodedWords: boolean;
	/** honours If-Match and If-None-Match of writes and deletes; others ignore them without a word */
	conditionalWrites: boolean;
	/** keeps the tags that a multipart upload or a copy comes with; others forget them (Ceph) */
	keepsTags: boolean;
	/** ListMultipartUploads takes any beginning of a key; others (MinIO) take whole keys only */
	uploadPrefixes: boolean;
	/** ListBuckets takes a prefix, and comes in pages */
	bucketPages: boolean;
	/** CreateBucket takes the region as LocationConstraint */
	locationConstraint: boolean;
}

/** What can be expected of a server nobody knows. */
export const UNKNOWN_SERVER: Quirks = {
	chunks: false,
	crc32: false,
	listVersion: 2,
	maxParts: 10_000,
	minPartBytes: 5 * 1024 * 1024,
	copyParts: true,
	conditionalWrites: false,
	encodedWords: false,
	equalParts: false,
	keepsTags: false,
	multipartEtag: false,
	uploadPrefixes: false,
	bucketPages: false,
	locationConstraint: true,
};
