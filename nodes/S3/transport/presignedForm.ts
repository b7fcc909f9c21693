import { checkKey } from './address';
import type { S3Client } from './client';
import { invalidInput } from './failure';
import type { Grant } from './presigned';
import { checkedSeconds, expiryOf, signingPlace, warningsOf } from './presigned';
import { policyFields } from './signPolicy';

export interface FormGrant extends Grant {
	/** the whole key, or what the key begins with: the rest is the name of the file */
	key: string;
	keyIs: 'exact' | 'prefix';
	/** fields of the form with their only allowed value */
	fields?: Record<string, string>;
	/** fields that the form adds, with what their value must begin with */
	openFields?: Record<string, string>;
	minBytes?: number;
	maxBytes?: number;
}

export interface PresignedForm {
	method: 'POST';
	url: string;
	/** to be sent as they are, before the field "file" */
	fields: Record<string, string>;
	/** to be added by the form, with what their value must begin with */
	openFields: Record<string, string>;
	/** ISO 8601, by the server's clock */
	expiresAt: string;
	/** what can keep it from working */
	warnings: string[];
}

/** A single POST takes no more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_POST_BYTES = 5 * 1024 ** 3;

/** The server puts the name of the sent file in its place. */
const FILE_NAME = '${filename}';

/**
 * A form with which a browser stores a file without keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
 */
export async function presignedForm(s3: S3Client, grant: FormGrant): Promise<PresignedForm> {
	const { bucket, expiresIn, fields = {}, openFields = {} } = grant;
	const seconds = checkedSeconds(expiresIn);
	const size = sizeCondition(grant);
	const key = keyField(grant);
	const place = await signingPlace(s3, grant);
	const expiresAt = expiryOf(place.at, seconds);
	const fixed = {
		...fields,
		...(place.requesterPays && { 'x-amz-request-payer': 'requester' }),
	};
	const signed = policyFields(
		expiresAt,
		[
			{ bucket },
			key.condition,
			...Object.entries(fixed).map(([name, value]) => ({ [name]: value })),
			...Object.entries(openFields).map(([name, start]) => ['starts-with', `$${name}`, start]),
			...size,
		],
		{ ...place, service: 's3' },
	);
	return {
		method: 'POST',
		url: `${place.origin}${place.path}`,
		fields: { key: key.value, ...fixed, ...signed },
		openFields,
		expiresAt,
		warnings: warningsOf(place.credentials),
	};
}

function keyField({ key, keyIs }: FormGrant) {
	if (keyIs === 'prefix') {
		const prefix = key.endsWith(FILE_NAME) ? key.slice(0, -FILE_NAME.length) : key;
		if (prefix.includes(FILE_NAME)) {
			throw invalidInput(`"Object Key" may hold ${FILE_NAME} only at its end`);
		}
		checked(() => checkKey(`${prefix}x`));
		return {
			value: `${prefix}${FILE_NAME}`,
			condition: ['starts-with', '$key', prefix],
		};
	}
	if (key.includes(FILE_NAME)) {
		throw invalidInput(
			`"Object Key" holds ${FILE_NAME}, for which the server would put the name of the file: ` +
				'set "Key Is" to "Beginning of the Key"',
		);
	}
	checked(() => checkKey(key));
	return { value: key, condition: { key } };
}

function checked(check: () => void): void {
	try {
		check();
	} catch (error) {
		throw invalidInput(error);
	}
}

function sizeCondition({ minBytes, maxBytes }: FormGrant) {
	if (minBytes === undefined && maxBytes === undefined) return [];
	const least = minBytes ?? 0;
	const most = maxBytes ?? MAX_POST_BYTES;
	if (!Number.isInteger(least) || !Number.isInteger(most) || least < 0 || most < least) {
		throw invalidInput(
			`"Smallest Size" and "Largest Size" must be whole numbers of bytes, the smaller one first, but are ${least} and ${most}`,
		);
	}
	return [['content-length-range', least, most]];
}
