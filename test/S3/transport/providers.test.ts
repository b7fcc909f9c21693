import { HeadBucketCommand, HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { INodeParameters } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { ResilientS3Api } from '../../../credentials/ResilientS3Api.credentials';
import { addressOf } from '../../../nodes/S3/transport/address';
import type { ServerFields } from '../../../nodes/S3/transport/providers';
import { serverOf } from '../../../nodes/S3/transport/providers';
import { UNKNOWN_SERVER } from '../../../nodes/S3/transport/quirks';

const { properties } = new ResilientS3Api();

/** What n8n hands over of what was filled in: fields that are not shown are left out. */
const asHandedOver = (filledIn: INodeParameters) =>
	NodeHelpers.getNodeParameters(properties, filledIn, true, false, null, null) as ServerFields;

/** Where an object is, and the region its request is signed for. */
function placeOf(fields: ServerFields, bucket = 'box', key: string | undefined = 'k') {
	const server = serverOf(fields);
	const { origin, path } = addressOf(server)(bucket, key);
	return { at: origin + path, region: server.region };
}

describe('the address that follows from the provider', () => {
	test.each<[INodeParameters, string, string]>([
		[{ provider: 'akamai', region: 'us-ord-1' }, 'us-ord-1.linodeobjects.com/box/k', 'us-east-1'],
		[
			{ provider: 'alibaba', region: 'cn-hangzhou' },
			'box.s3.oss-cn-hangzhou.aliyuncs.com/k',
			'cn-hangzhou',
		],
		[{ provider: 'aws' }, 'box.s3.us-east-1.amazonaws.com/k', 'us-east-1'],
		[
			{ provider: 'aws', region: 'cn-north-1' },
			'box.s3.cn-north-1.amazonaws.com.cn/k',
			'cn-north-1',
		],
		[
			{ provider: 'b2', region: 'us-west-004' },
			's3.us-west-004.backblazeb2.com/box/k',
			'us-west-004',
		],
		[
			{ provider: 'digitalOcean', region: 'fra1' },
			'fra1.digitaloceanspaces.com/box/k',
			'us-east-1',
		],
		[{ provider: 'gcs' }, 'storage.googleapis.com/box/k', 'auto'],
		[{ provider: 'hetzner', region: 'fsn1' }, 'fsn1.your-objectstorage.com/box/k', 'fsn1'],
		[
			{ provider: 'ibm', region: 'eu-de' },
			's3.eu-de.cloud-object-storage.appdomain.cloud/box/k',
			'eu-de',
		],
		[{ provider: 'ovh', region: 'GRA' }, 's3.gra.io.cloud.ovh.net/box/k', 'gra'],
		[
			{ provider: 'ovh', region: 'us-east-va' },
			's3.us-east-va.io.cloud.ovh.us/box/k',
			'us-east-va',
		],
		[{ provider: 'r2', accountId: 'abc123' }, 'abc123.r2.cloudflarestorage.com/box/k', 'auto'],
		[
			{ provider: 'r2', accountId: 'abc123', jurisdiction: 'eu' },
			'abc123.eu.r2.cloudflarestorage.com/box/k',
			'auto',
		],
		[{ provider: 'scaleway', region: 'fr-par' }, 's3.fr-par.scw.cloud/box/k', 'fr-par'],
		[{ provider: 'storj' }, 'gateway.storjshare.io/box/k', 'us-east-1'],
		[{ provider: 'wasabi' }, 's3.us-east-1.wasabisys.com/box/k', 'us-east-1'],
		[
			{ provider: 'wasabi', region: 'eu-central-2' },
			's3.eu-central-2.wasabisys.com/box/k',
			'eu-central-2',
		],
	])('%j', (fields, address, region) => {
		expect(placeOf(asHandedOver(fields))).toEqual({ at: `https://${address}`, region });
	});

	test.each<[INodeParameters, RegExp]>([
		[{ provider: 'minio' }, /"Endpoint" is empty in the credential: MinIO needs one/],
		[{ provider: 'hetzner' }, /"Region" is empty.*Hetzner Object Storage needs one, such as fsn1/],
		[{ provider: 'r2' }, /"Account ID" is empty/],
		[{ provider: 'r2', accountId: 'abc.evil.example/' }, /"Account ID".*letters, digits/],
		[{ provider: 'wasabi', region: 'x.evil.example#' }, /"Region".*letters, digits/],
		[
			{ provider: 'aws', region: 'nowhere.evil' },
			/"nowhere.evil" is not the name of an AWS region/,
		],
		[{ provider: 'aws', accelerate: true, fips: true }, /no FIPS endpoints/],
	])('%j: says what is missing', (fields, words) => {
		expect(() => placeOf(asHandedOver(fields))).toThrow(words);
	});

	test('what was filled in for another provider does not count', () => {
		const fields = { provider: 'r2', accountId: 'abc123', region: 'eu-west-1', dualstack: true };
		expect(placeOf(asHandedOver(fields)).region).toBe('auto');
		const amazon = { provider: 'aws', region: 'eu-west-1', accountId: 'abc123' };
		expect(placeOf(asHandedOver(amazon)).at).toBe('https://box.s3.eu-west-1.amazonaws.com/k');
	});

	test('a credential without a choice of provider and authentication keeps all that it says', () => {
		const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret', sessionToken: 'token' };
		const own = { endpoint: 'http://127.0.0.1:9000', region: 'us-east-1', ...keys };
		expect(asHandedOver(own)).toMatchObject(own);
		expect(serverOf(asHandedOver(own)).quirks).toEqual(UNKNOWN_SERVER);
	});

	test('all providers of the list are known', () => {
		const options = properties.find(({ name }) => name === 'provider')?.options ?? [];
		const names = options.map((option) => 'value' in option && String(option.value));
		expect(names).toHaveLength(17);
		const full = { endpoint: 'https://storage.example', region: 'r1', accountId: 'a' };
		for (const provider of names) {
			const { name } = serverOf({ ...full, provider: provider || '' });
			// Amazon at an address that is not Amazon's is somebody else.
			expect(name === '').toBe(provider === 'other' || provider === 'aws');
		}
	});
});

describe('Amazon', () => {
	/** Where Amazon's own client sends the same request. */
	async function sdkAddress(options: object, region: string, bucket: string, key?: string) {
		let caught = '';
		const client = new S3Client({
			region,
			maxAttempts: 1,
			credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
			...options,
			requestHandler: {
				handle: async ({ hostname, path }: { hostname: string; path: string }) => {
					caught = `https://${hostname}${path}`;
					throw new Error('not sent');
				},
			} as never,
		});
		const command =
			key === undefined
				? new HeadBucketCommand({ Bucket: bucket })
				: new HeadObjectCommand({ Bucket: bucket, Key: key });
		await expect(client.send(command as HeadObjectCommand)).rejects.toThrow('not sent');
		return caught;
	}

	test.each([
		['us-east-1', {}],
		['eu-central-1', { dualstack: true }],
		['us-west-2', { fips: true }],
		['us-gov-west-1', { fips: true, dualstack: true }],
		['cn-northwest-1', { dualstack: true }],
		['us-iso-east-1', {}],
		['us-isob-east-1', {}],
		['eu-isoe-west-1', {}],
		['us-isof-south-1', {}],
		['eusc-de-east-1', {}],
		['eu-west-1', { accelerate: true }],
		['eu-west-1', { accelerate: true, dualstack: true }],
	])("objects in %s with %j are where Amazon's SDK finds them", async (region, aws) => {
		const { dualstack, fips, accelerate } = {
			dualstack: false,
			fips: false,
			accelerate: false,
			...aws,
		};
		const options = {
			useDualstackEndpoint: dualstack,
			useFipsEndpoint: fips,
			useAccelerateEndpoint: accelerate,
		};
		const ours = placeOf({ provider: 'aws', region, ...aws }, 'box', 'a b/ü').at;
		expect(ours).toBe(await sdkAddress(options, region, 'box', 'a b/ü'));
	});

	test('buckets, and objects whose bucket has a dot, are not accelerated', () => {
		const fields = { provider: 'aws', region: 'eu-west-1', accelerate: true };
		const regional = 's3.eu-west-1.amazonaws.com';
		const bucket = addressOf(serverOf(fields))('box');
		expect(bucket.origin).toBe(`https://box.${regional}`);
		expect(placeOf(fields, 'my.box').at).toBe(`https://${regional}/my.box/k`);
	});

	test.each([
		['https://s3.eu-west-1.amazonaws.com', 'eu-west-1', 's3.eu-west-1.amazonaws.com'],
		['https://s3-eu-west-1.amazonaws.com/', 'eu-west-1', 's3.eu-west-1.amazonaws.com'],
		[
			'https://s3.dualstack.us-west-2.amazonaws.com',
			'us-west-2',
			's3.dualstack.us-west-2.amazonaws.com',
		],
		[
			'https://s3-fips.us-gov-east-1.amazonaws.com',
			'us-gov-east-1',
			's3-fips.us-gov-east-1.amazonaws.com',
		],
		[
			'https://s3-fips.dualstack.us-east-2.amazonaws.com',
			'us-east-2',
			's3-fips.dualstack.us-east-2.amazonaws.com',
		],
		['https://s3.cn-north-1.amazonaws.com.cn', 'cn-north-1', 's3.cn-north-1.amazonaws.com.cn'],
		['https://s3.amazonaws.com', 'eu-south-2', 's3.eu-south-2.amazonaws.com'],
	])('the endpoint %s is the region %s, and leads to others', (endpoint, region, host) => {
		// The region of the field is that of a new credential, or of another life.
		const server = serverOf({ endpoint, region: 'eu-south-2' });
		expect(server.region).toBe(region);
		expect(addressOf(server)('box', 'k').host).toBe(`box.${host}`);
		const elsewhere = addressOf({ ...server, region: 'sa-east-1' })('box', 'k').host;
		expect(elsewhere).toBe(`box.${host.replace(region, 'sa-east-1').replace('.com.cn', '.com')}`);
	});

	test.each([
		'https://bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
		'http://s3.eu-west-1.amazonaws.com',
		'https://s3.eu-west-1.amazonaws.com:8443',
		'https://proxy.example/s3.eu-west-1.amazonaws.com',
	])('the endpoint %s stays what it is', (endpoint) => {
		const server = serverOf({ endpoint });
		expect(addressOf({ ...server, region: 'sa-east-1' })('box', 'k').origin).toContain(
			new URL(endpoint).host,
		);
	});
});

describe('what can be expected of the server', () => {
	const quirks = (fields: ServerFields) => serverOf(fields).quirks;

	test('nothing of one that nobody knows', () => {
		const mine = { endpoint: 'https://storage.example' };
		expect(quirks(mine)).toEqual(UNKNOWN_SERVER);
		expect(quirks({ ...mine, provider: 'aws' })).toEqual(UNKNOWN_SERVER);
		expect(quirks({ ...mine, provider: 'other' })).toEqual(UNKNOWN_SERVER);
	});

	test('follows from the provider, also at an address of its own', () => {
		expect(quirks({ provider: 'minio', endpoint: 'https://storage.example' }).crc32).toBe(true);
		expect(quirks({ provider: 'scaleway', endpoint: 'https://proxy.example' }).maxParts).toBe(
			1_000,
		);
	});

	test('follows from the host, whatever the provider says', () => {
		const endpoint = 'https://abc.r2.cloudflarestorage.com';
		expect(quirks({ endpoint })).toMatchObject({ equalParts: true, multipartEtag: false });
		expect(quirks({ endpoint, provider: 'minio' }).crc32).toBe(false);
		expect(quirks({ endpoint: 'https://s3.eu-west-1.amazonaws.com' }).crc32).toBe(true);
	});

	test('does not follow from a host that only looks like another one', () => {
		const endpoint = 'https://s3.amazonaws.com.evil.example';
		expect(serverOf({ endpoint }).name).toBe('');
	});
});
