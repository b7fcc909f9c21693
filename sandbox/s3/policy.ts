import { S3Error } from './errors.ts';
import { canonicalId } from './users.ts';

/** One thing that somebody wants to do. */
export interface Question {
	user: string;
	/** "s3:GetObject" */
	action: string;
	/** "arn:aws:s3:::bucket/key" */
	resource: string;
	/** The value of a condition key such as "s3:prefix". */
	value(key: string): string | undefined;
}

type Test = (question: Question) => boolean;

interface Statement {
	effect: 'Allow' | 'Deny';
	/** Holds when all do. */
	tests: Test[];
}

export type Policy = readonly Statement[];

function malformed(message: string): S3Error {
	return new S3Error('MalformedPolicy', { message });
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown, field: string): string[] {
	const list: unknown[] = Array.isArray(value) ? value : [value];
	return list.map((one) => {
		if (typeof one === 'string') return one;
		if (typeof one === 'boolean' || typeof one === 'number') return String(one);
		throw malformed(`Invalid ${field} in policy`);
	});
}

/** `*` stands for any text, `?` for one character. */
function like(pattern: string, text: string, flags = ''): boolean {
	const source = pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '[\\s\\S]*')
		.replaceAll('?', '[\\s\\S]');
	return new RegExp(`^${source}$`, `u${flags}`).test(text);
}

/** Whether an element such as `"AWS": "arn:aws:iam::123456789012:user/alice"` means a user. */
function meansUser(principal: string, user: string): boolean {
	if (principal === '*') return true;
	return (
		user !== 'anonymous' && (principal === canonicalId(user) || principal.endsWith(`/${user}`))
	);
}

function principalTest(value: unknown): Test {
	const names =
		value === '*'
			? ['*']
			: isRecord(value)
				? Object.entries(value).flatMap(([kind, names]) =>
						['AWS', 'CanonicalUser'].includes(kind) ? texts(names, 'principal') : [],
					)
				: undefined;
	if (names === undefined) throw malformed('Invalid principal in policy');
	return ({ user }) => names.some((name) => meansUser(name, user));
}

function inNetwork(range: string, address: string): boolean {
	const [network = '', bits = '32'] = range.split('/');
	const number = (text: string) =>
		text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
	const size = 2 ** (32 - Number(bits));
	return Math.floor(number(network) / size) === Math.floor(number(address) / size);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: Record<string, (expected: string, actual: string) => boolean> = {
	StringEquals: (expected, actual) => expected === actual,
	StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
	StringLike: (expected, actual) => like(expected, actual),
	NumericEquals: (expected, actual) => Number(actual) === Number(expected),
	NumericLessThan: (expected, actual) => Number(actual) < Number(expected),
	NumericLessThanEquals: (expected, actual) => Number(actual) <= Number(expected),
	NumericGreaterThan: (expected, actual) => Number(actual) > Number(expected),
	NumericGreaterThanEquals: (expected, actual) => Number(actual) >= Number(expected),
	DateLessThan: (expected, actual) => Date.parse(actual) < Date.parse(expected),
	DateGreaterThan: (expected, actual) => Date.parse(actual) > Date.parse(expected),
	Bool: (expected, actual) => expected.toLowerCase() === actual,
	IpAddress: inNetwork,
};

const opposites: Record<string, string> = {
	StringNotEquals: 'StringEquals',
	StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
	StringNotLike: 'StringLike',
	NumericNotEquals: 'NumericEquals',
	NotIpAddress: 'IpAddress',
};

/** What `valueOf` in access.ts can answer. */
const knownKeys =
	/^(?:aws:(?:SourceIp|SecureTransport|CurrentTime|username|UserAgent|Referer)|s3:(?:prefix|delimiter|max-keys|VersionId|signatureversion|authType|x-amz-.+|if-none-match|if-match|(?:Existing|Request)ObjectTag\/.+))$/i;

function conditionTest(name: string, key: string, wanted: unknown): Test {
	if (!knownKeys.test(key)) throw malformed('Policy has an invalid condition key');
	const values = texts(wanted, 'condition');
	const optional = name.endsWith('IfExists');
	const plain = optional ? name.slice(0, -'IfExists'.length) : name;
	if (plain === 'Null') return ({ value }) => values.includes(String(value(key) === undefined));
	const opposite = opposites[plain];
	const operator = operators[opposite ?? plain];
	if (!operator) throw malformed(`Invalid Condition type : ${name}`);
	return ({ value }) => {
		const actual = value(key);
		if (actual === undefined) return optional || opposite !== undefined;
		return values.some((one) => operator(one, actual)) !== (opposite !== undefined);
	};
}

function readStatement(value: unknown, bucket: string): Statement {
	if (!isRecord(value)) throw malformed('Invalid policy syntax.');
	const { Effect: effect, Condition: condition = {} } = value;
	const fields =
		'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition';
	const unknown = Object.keys(value).find((name) => !fields.split(' ').includes(name));
	if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`);
	if (effect !== 'Allow' && effect !== 'Deny') throw malformed(`Invalid effect: ${String(effect)}`);
	const pair = (name: string, test: (value: unknown) => Test): Test => {
		const [plain, negated] = [value[name], value[`Not${name}`]];
		if ((plain === undefined) === (negated === undefined)) {
			throw malformed(`Missing required field ${name}`);
		}
		if (negated === undefined) return test(plain);
		const opposite = test(negated);
		return (question) => !opposite(question);
	};
	const actionTest = (given: unknown): Test => {
		const actions = texts(given, 'action');
		if (!actions.every((one) => /^(?:s3:|\*$)/i.test(one))) {
			throw malformed('Policy has invalid action');
		}
		return ({ action }) => actions.some((one) => like(one, action, 'i'));
	};
	const resourceTest = (given: unknown): Test => {
		const resources = texts(given, 'resource');
		const own = `arn:aws:s3:::${bucket}`;
		if (!resources.every((one) => one === '*' || one === own || one.startsWith(`${own}/`))) {
			throw malformed('Policy has invalid resource');
		}
		return ({ resource }) => resources.some((one) => like(one, resource));
	};
	if (!isRecord(condition)) throw malformed('Invalid policy syntax.');
	const conditions = Object.entries(condition).flatMap(([operator, keys]) => {
		if (!isRecord(keys)) throw malformed('Invalid policy syntax.');
		return Object.entries(keys).map(([key, wanted]) => conditionTest(operator, key, wanted));
	});
	return {
		effect,
		tests: [
			pair('Principal', principalTest),
			pair('Action', actionTest),
			pair('Resource', resourceTest),
			...conditions,
		],
	};
}

/**
 * Reads a bucket policy
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html).
 * @throws S3Error MalformedPolicy
 */
export function readPolicy(text: string, bucket: string): Policy {
	let document: unknown;
	try {
		document = JSON.parse(text);
	} catch {
		throw malformed("Policies must be valid JSON and the first byte must be '{'");
	}
	if (!isRecord(document)) {
		throw malformed("Policies must be valid JSON and the first byte must be '{'");
	}
	const { Statement: statements, Version: version = '2008-10-17' } = document;
	if (version !== '2008-10-17' && version !== '2012-10-17') {
		throw malformed('The policy must contain a valid version string');
	}
	if (statements === undefined) throw malformed('Missing required field Statement');
	const list: unknown[] = Array.isArray(statements) ? statements : [statements];
	if (list.length === 0) throw malformed('Could not parse the policy: Statement is empty!');
	return list.map((one) => readStatement(one, bucket));
}

/** What a policy says: a Deny outweighs every Allow. */
export function judge(policy: Policy, question: Question): 'Allow' | 'Deny' | undefined {
	const effects = policy
		.filter(({ tests }) => tests.every((test) => test(question)))
		.map(({ effect }) => effect);
	return effects.includes('Deny') ? 'Deny' : effects[0];
}

/** Whether a policy lets everybody in, without any condition. */
export function isPublic(policy: Policy): boolean {
	const stranger = { user: 'anonymous', action: '', resource: '', value: () => undefined };
	return policy.some(
		({ effect, tests: [principal, , , ...conditions] }) =>
			effect === 'Allow' && conditions.length === 0 && principal?.(stranger),
	);
}
