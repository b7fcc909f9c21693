import { Failure } from '../../shared/resilience/failure';
import type { Body } from '../../shared/transport/body';
import type { Span } from './byteRange';

// What can be wrong with the answer to a download that is a success by its status.

export const notModified = (body: Body, key: string) => {
	body.destroy();
	return new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'NotModified',
		status: 304,
		message: `"${key}" is what it was: nothing was downloaded`,
	});
};

export const noLength = (body: Body, key: string) => {
	body.destroy();
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_LENGTH',
		message: `The server sends "${key}" without saying how long it is, so that nobody could tell whether all of it arrived`,
		hint: 'Something on the way changes the content: a proxy that compresses, or Google Cloud Storage, which unpacks what is stored with the content encoding gzip.',
	});
};

export const cannotResume = (body: Body) => {
	body.destroy();
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_RANGES',
		message: 'This server does not answer with the range it is asked for',
		hint: 'Objects above 16 MiB, and those whose transfer breaks, need it.',
	});
};

export const replaced = (body: Body, key: string) => {
	body.destroy();
	return new Failure({
		kind: 'conflict',
		phase: 'rejected',
		code: 'OBJECT_CHANGED',
		status: 412,
		message: `"${key}" was replaced while it was being downloaded`,
		hint: 'Run the item again to get the new object.',
	});
};

export const wrongLength = (key: string, { size }: Span, received: number) =>
	new Failure({
		kind: 'network',
		phase: 'rejected',
		code: 'LENGTH_MISMATCH',
		message: `"${key}" has ${size} bytes, but no more than ${received} were received`,
	});
