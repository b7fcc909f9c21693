import { checkKey } from './address';
import type { S3Client } from './client';
import { invalidInput } from './failure';
import { allowed } from './headerValues';
import type { Grant } from './presigned';
import { checkedSeconds, endOf, refuseCustomerKey, signingPlace } from './presigned';
import { policyFields } from './signPolicy';
import type { WriteOptions } from './writeHeaders';
import { checkTags, writeHeaders } from './writeHeaders';
import { writeXml } from './xml';

export interface FormGrant extends Grant {
	/** the whole key, or what the key begins with: the rest is the name of the file */
	key: string;
	keyIs: 'exact' | 'prefix';
	stored?: WriteOptions;
	/** more fields of the form with their only allowed value */
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
	const { bucket, expiresIn, stored = {}, fields = {}, openFields = {} } = grant;
	const seconds = checkedSeconds(expiresIn);
	const size = sizeCondition(grant);
	const key = keyField(grant);
	const storing = storedFields(s3, stored);
	const place = await signingPlace(s3, grant);
	const { wanted, expiresAt, warnings } = endOf(place, seconds);
	const fixed = {
		...storing,
		...fields,
		...(place.requesterPays && { 'x-amz-request-payer': 'requester' }),
	};
	const signed = policyFields(
		wanted,
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
		warnings,
	};
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTForms.html
const FIELD_NAMES: Record<string, string> = {
	'cache-control': 'Cache-Control',
	'content-disposition': 'Content-Disposition',
	'content-encoding': 'Content-Encoding',
	'content-language': 'Content-Language',
	'content-type': 'Content-Type',
	expires: 'Expires',
	'x-amz-acl': 'acl',
};

/** What are headers of an upload are fields of a form; only tags have another form. */
function storedFields(
	s3: S3Client,
	{ tags = {}, ...stored }: WriteOptions,
): Record<string, string> {
	const headers = writeHeaders(s3, stored);
	refuseCustomerKey(headers);
	checkTags(tags);
	const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
	return {
		...Object.fromEntries(
			Object.entries(headers).map(([name, value]) => [FIELD_NAMES[name] ?? name, value]),
		),
		...(Tag.length > 0 && { tagging: writeXml('Tagging', { TagSet: { Tag } }) }),
	};
}

function keyField({ key, keyIs }: FormGrant) {
	if (keyIs === 'prefix') {
		const prefix = key.endsWith(FILE_NAME) ? key.slice(0, -FILE_NAME.length) : key;
		if (prefix.includes(FILE_NAME)) {
			throw invalidInput(`"Object Key" may hold ${FILE_NAME} only at its end`);
		}
		allowed(() => checkKey(`${prefix}x`));
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
	allowed(() => checkKey(key));
	return { value: key, condition: { key } };
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
