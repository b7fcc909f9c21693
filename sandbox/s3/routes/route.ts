import type { Handler } from '../operation.ts';

export type Level = 'service' | 'bucket' | 'object';

export interface Route {
	/** Amazon's name of the operation. */
	operation: string;
	level: Level;
	method: string;
	/** Parameters that tell this operation from others of the same method. */
	needs?: string[];
	/** A header that tells it. */
	needsHeader?: string;
	/** Whether it takes a form of a browser. */
	form?: boolean;
	/** Further parameters it understands. */
	query?: string[];
	/** `x-amz-*` headers it understands, besides those of every request; "name*" is a prefix. */
	headers?: string[];
	/** What kind of body it takes; none by default. */
	body?: 'object' | 'document';
	/** Whether the body must come with Content-MD5 or a checksum. */
	protect?: boolean;
	/** What `x-amz-checksum-*` is about; the body by default. */
	checksum?: 'object';
	handle: Handler;
}
