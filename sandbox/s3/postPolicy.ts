import { S3Error } from './errors.ts';

function invalid(message: string): S3Error {
	return new S3Error('InvalidPolicyDocument', { message: `Invalid Policy: ${message}` });
}

function refused(message: string): S3Error {
	return new S3Error('AccessDenied', { message: `Invalid according to Policy: ${message}` });
}

/** Fields that say who signed, and the file itself; no condition needs to mention them. */
const free = /^(?:x-amz-signature|policy|file|x-ignore-.*)$/;

const iso8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

interface Condition {
	kind: 'eq' | 'starts-with';
	field: string;
	value: string;
}

interface PostPolicy {
	expires: number;
	conditions: Condition[];
	size?: { min: number; max: number };
}

function readSize([, min, max]: unknown[]): PostPolicy['size'] {
	const [low, high] = [Number(min), Number(max)];
	if (Number.isInteger(low) && Number.isInteger(high) && low >= 0) return { min: low, max: high };
	throw invalid('Invalid content-length-range.');
}

function readList(given: unknown[]): Condition {
	const [operator, field, value] = given;
	const kind = typeof operator === 'string' ? operator.toLowerCase() : '';
	const right = (kind === 'eq' || kind === 'starts-with') && given.length === 3;
	if (!right || typeof field !== 'string' || typeof value !== 'string' || !field.startsWith('$')) {
		throw invalid(`Invalid Condition: ${JSON.stringify(given)}`);
	}
	return { kind, field: field.slice(1).toLowerCase(), value };
}

function readRecord(given: object): Condition {
	const entries: Array<[string, unknown]> = Object.entries(given);
	const [[field, value] = ['', undefined]] = entries;
	if (entries.length !== 1 || typeof value !== 'string') {
		throw invalid(
			'Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
		);
	}
	return { kind: 'eq', field: field.toLowerCase(), value };
}

function readPolicy(encoded: string): PostPolicy {
	let document: unknown;
	try {
		document = JSON.parse(Buffer.from(encoded, 'base64').toString());
	} catch {
		throw invalid('Invalid JSON.');
	}
	if (typeof document !== 'object' || document === null) throw invalid('Invalid JSON.');
	const { expiration, conditions } = document as { expiration?: unknown; conditions?: unknown };
	const dated = typeof expiration === 'string' && iso8601.test(expiration);
	const expires = dated ? Date.parse(expiration) : NaN;
	if (expiration === undefined) throw invalid('Policy missing expiration.');
	if (Number.isNaN(expires)) throw invalid(`Invalid 'expiration' value: '${String(expiration)}'`);
	if (!Array.isArray(conditions)) throw invalid('Policy missing conditions.');
	const policy: PostPolicy = { expires, conditions: [] };
	for (const one of conditions as unknown[]) {
		if (Array.isArray(one) && one[0] === 'content-length-range') policy.size = readSize(one);
		else if (Array.isArray(one)) policy.conditions.push(readList(one));
		else if (typeof one === 'object' && one !== null) {
			policy.conditions.push(readRecord(one));
		} else throw invalid('Invalid Condition');
	}
	return policy;
}

/** A list of content types may stand where one is to start with something. */
function holds({ kind, field, value }: Condition, actual: string): boolean {
	if (kind === 'eq') return actual === value;
	const values = field === 'content-type' ? actual.split(',') : [actual];
	return values.every((one) => one.trim().startsWith(value));
}

/**
 * Checks a form against its policy: all conditions must hold, and every field must have one
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html).
 * @param fields of the form and the bucket
 * @throws S3Error InvalidPolicyDocument, AccessDenied, EntityTooLarge, EntityTooSmall
 */
export function checkPostPolicy(
	encoded: string,
	fields: ReadonlyMap<string, string>,
	size: number,
	now: number,
): void {
	const policy = readPolicy(encoded);
	if (policy.expires <= now) throw refused('Policy expired.');
	const failed = policy.conditions.find((one) => !holds(one, fields.get(one.field) ?? ''));
	if (failed) {
		const { kind, field, value } = failed;
		throw refused(`Policy Condition failed: ${JSON.stringify([kind, `$${field}`, value])}`);
	}
	const covered = policy.conditions.map(({ field }) => field);
	const extra = [...fields.keys()].filter((name) => {
		return !free.test(name) && !covered.includes(name);
	});
	if (extra.length > 0) throw refused(`Extra input fields: ${extra.join(', ')}`);
	if (policy.size && size > policy.size.max) {
		throw new S3Error('EntityTooLarge', {
			elements: { ProposedSize: size, MaxSizeAllowed: policy.size.max },
		});
	}
	if (policy.size && size < policy.size.min) {
		throw new S3Error('EntityTooSmall', {
			elements: { ProposedSize: size, MinSizeAllowed: policy.size.min },
		});
	}
}
