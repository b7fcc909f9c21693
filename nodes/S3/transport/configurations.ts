import { Failure } from '../../shared/resilience/failure';
import type { S3Client, S3Request } from './client';
import type { ConfigurationKind, Kind, RemovableKind } from './configurationKinds';
import { KINDS } from './configurationKinds';
import { configurationIn } from './configurationAnswer';
import { isAmazon } from './endpoint';
import { invalidInput } from './failure';
import { allowed } from './headerValues';
import { contentMd5 } from './objects';
import { writeXml } from './xml';
import type { Json, JsonObject } from './xmlShape';
import { toXml } from './xmlShape';

export interface Configuration {
	/** whether the bucket has one */
	configured: boolean;
	/** in the JSON of the AWS CLI */
	configuration: JsonObject;
}

const request = (
	verb: 'Get' | 'Put' | 'Delete',
	bucket: string,
	{ name, subresource }: Kind,
): S3Request => ({
	operation: `${verb}${NOT_OF_BUCKET.has(name) ? '' : 'Bucket'}${name}`,
	method: verb.toUpperCase() as 'GET' | 'PUT' | 'DELETE',
	bucket,
	query: [[subresource, '']],
});

const NOT_OF_BUCKET = new Set(['ObjectLockConfiguration', 'PublicAccessBlock']);

export async function getConfiguration(
	s3: S3Client,
	bucket: string,
	kind: ConfigurationKind,
): Promise<Configuration> {
	const known: Kind = KINDS[kind];
	const configuration = await unless(known.none, async () =>
		s3.call(request('Get', bucket, known), (answer) =>
			answer.status === 204 ? undefined : configurationIn(known, answer, s3.clock.now()),
		),
	);
	// Where there is none, servers answer some kinds with an empty document, with an empty list, or
	// (Garage) with 204.
	const configured = Object.values(configuration ?? {}).some(
		(value) => !(Array.isArray(value) && value.length === 0),
	);
	return { configured, configuration: configuration ?? {} };
}

/** `undefined` where the call fails with one of the codes. */
async function unless<T>(
	codes: readonly string[] = [],
	call: () => Promise<T>,
): Promise<T | undefined> {
	try {
		return await call();
	} catch (error) {
		if (error instanceof Failure && codes.includes(error.code)) return undefined;
		throw error;
	}
}

const proven = new WeakMap<S3Client, Set<string>>();

/**
 * Refuses to go on where the server takes no notice of this kind: to Ceph 16, deleting a
 * configuration that it does not know is deleting the bucket, and writing one is creating the bucket
 * that is there. A GET shows it without harm, once per run. Amazon knows all kinds.
 * @param unreadable codes of a GET that prove nothing, but do not matter; of this bucket it is not asked
 * again
 */
export async function checkKnown(
	s3: S3Client,
	bucket: string,
	kind: ConfigurationKind,
	unreadable: string[] = [],
): Promise<void> {
	const known = proven.get(s3) ?? new Set();
	proven.set(s3, known);
	const unseen = [kind, bucket, ...unreadable].join(' ');
	if (known.has(kind) || known.has(unseen)) return;
	const { host } = await s3.signing(bucket);
	const look = async () => getConfiguration(s3, bucket, kind);
	known.add(isAmazon(host) || (await unless(unreadable, look)) ? kind : unseen);
}

/**
 * Replaces the whole document of this kind.
 * @param field how errors name the configuration
 */
export async function setConfiguration(
	s3: S3Client,
	bucket: string,
	kind: ConfigurationKind,
	configuration: unknown,
	{ headers = {}, field = 'Configuration' }: { headers?: Record<string, string>; field?: string },
): Promise<void> {
	const known: Kind = KINDS[kind];
	const body = Buffer.from(
		kind === 'policy' ? policyText(configuration, field) : document(known, configuration, field),
	);
	// Who may write it need not be allowed to read it.
	await checkKnown(s3, bucket, kind, ['AccessDenied']);
	await put(s3, bucket, known, body, headers);
}

async function put(
	s3: S3Client,
	bucket: string,
	kind: Kind,
	body: Buffer,
	headers: Record<string, string>,
) {
	await s3.call(
		{
			...request('Put', bucket, kind),
			headers: {
				'content-type': kind.root === '' ? 'application/json' : 'application/xml',
				// Amazon insists on it for some kinds, and nobody minds it.
				'content-md5': contentMd5(body),
				...headers,
			},
			body,
		},
		() => {},
	);
}

function document({ root, structure }: Kind, configuration: unknown, field: string): string {
	return allowed(() => writeXml(root, toXml(structure, unwrapped(configuration, root), field)));
}

/** The CLI shows some documents inside an object with the name of the document. */
function unwrapped(configuration: unknown, root: string): unknown {
	if (typeof configuration !== 'object' || configuration === null) return configuration;
	const [[name, inner] = [], ...more] = Object.entries(configuration);
	return name === root && more.length === 0 ? inner : configuration;
}

function policyText(configuration: unknown, field: string): string {
	if (typeof configuration === 'object' && configuration !== null && 'Statement' in configuration)
		return JSON.stringify(configuration);
	throw invalidInput(`"${field}" must be a bucket policy: an object with Version and Statement`);
}

/** The tags, and those of the bucket that have other keys. */
export async function withOtherTags(
	s3: S3Client,
	bucket: string,
	tags: JsonObject,
): Promise<JsonObject> {
	const { configuration } = await getConfiguration(s3, bucket, 'tagging');
	const wanted = tagsOf(tags);
	const keys = new Set(wanted.map(keyOf));
	return { TagSet: [...tagsOf(configuration).filter((tag) => !keys.has(keyOf(tag))), ...wanted] };
}

const tagsOf = ({ TagSet }: JsonObject): Json[] => (Array.isArray(TagSet) ? TagSet : []);
const keyOf = (tag: Json) => (typeof tag === 'object' && tag && 'Key' in tag ? tag.Key : undefined);

/** Access by a canned ACL, which needs no document. */
export async function setCannedAcl(s3: S3Client, bucket: string, acl: string): Promise<void> {
	await checkKnown(s3, bucket, 'acl', ['AccessDenied']);
	await s3.call({ ...request('Put', bucket, KINDS.acl), headers: { 'x-amz-acl': acl } }, () => {});
}

/** The bucket has none of this kind afterwards, whether it had one or not. */
export async function deleteConfiguration(
	s3: S3Client,
	bucket: string,
	kind: RemovableKind,
): Promise<void> {
	const known: Kind = KINDS[kind];
	await checkKnown(s3, bucket, kind);
	const removal = async () => s3.call(request('Delete', bucket, known), () => {});
	if (known.removal === 'delete') return await unless(known.none, removal);
	const emptied = async () => {
		await put(s3, bucket, known, Buffer.from(writeXml(known.root, {})), {});
		return true;
	};
	// Ceph 16 takes no empty document, but a DELETE that others do not have.
	if (!(await unless(['MalformedXML'], emptied))) await removal();
}
