import { fingerprint } from '../../shared/ground/fingerprint';
import type { Addressing, Location } from './address';
import type { AwsEndpoints } from './endpoint';
import { readAwsEndpoint } from './endpoint';
import { invalidInput } from './failure';
import type { Quirks } from './quirks';
import { UNKNOWN_SERVER } from './quirks';

/** Fields of the credential that say which server it is. */
export interface ServerFields extends AwsEndpoints {
	provider?: string;
	/** wins over what follows from the provider */
	endpoint?: string;
	region?: string;
	/** Cloudflare R2 */
	accountId?: string;
	/** Cloudflare R2: the law under which the data is kept */
	jurisdiction?: string;
	addressing?: Addressing;
}

/** The server of a credential: where it is and what can be expected of it. */
export interface Server extends Location {
	/** as people call it; empty for one of no provider that is known */
	name: string;
	quirks: Quirks;
}

interface Provider {
	name: string;
	/** what its host names end with */
	hosts?: RegExp;
	/** where a region is; without it, everybody has a server of their own */
	endpoint?(region: string, fields: ServerFields): string;
	/** taken where the credential names no region */
	region?: string;
	/** an example of a region, where the credential must name one */
	example?: string;
	/** every request is signed for this region, whichever one the endpoint is in */
	signFor?: string;
	addressing?: Addressing;
	quirks?: Partial<Quirks>;
}

const MIB = 1024 * 1024;

// Addresses and quirks as of autumn 2026, after the pages of the vendors and rclone's files:
// https://github.com/rclone/rclone/tree/master/backend/s3/provider
const PROVIDERS: Record<string, Provider> = {
	akamai: {
		name: 'Akamai (Linode)',
		hosts: /\.linodeobjects\.com$/,
		endpoint: (region) => `https://${regionName(region)}.linodeobjects.com`,
		example: 'us-ord-1',
		signFor: 'us-east-1',
		quirks: { multipartEtag: true },
	},
	alibaba: {
		name: 'Alibaba Cloud OSS',
		hosts: /\.aliyuncs\.com$/,
		// https://www.alibabacloud.com/help/en/oss/developer-reference/use-amazon-s3-sdks-to-access-oss
		endpoint: (region) => `https://s3.oss-${regionName(region)}.aliyuncs.com`,
		example: 'eu-central-1',
		// OSS refuses the bucket in the path.
		addressing: 'virtualHost',
	},
	aws: {
		name: 'Amazon S3',
		hosts: /\.amazonaws\.(com|com\.cn|eu)$/,
		region: 'us-east-1',
		quirks: {
			bucketPages: true,
			chunks: true,
			conditionalWrites: true,
			crc32: true,
			encodedWords: true,
			keepsTags: true,
			multipartEtag: true,
			uploadPrefixes: true,
		},
	},
	b2: {
		name: 'Backblaze B2',
		hosts: /\.backblazeb2\.com$/,
		endpoint: (region) => `https://s3.${regionName(region)}.backblazeb2.com`,
		example: 'us-west-004',
	},
	ceph: {
		name: 'Ceph',
		region: 'us-east-1',
		quirks: { chunks: true, multipartEtag: true, uploadPrefixes: true },
	},
	digitalOcean: {
		name: 'DigitalOcean Spaces',
		hosts: /\.digitaloceanspaces\.com$/,
		endpoint: (region) => `https://${regionName(region)}.digitaloceanspaces.com`,
		example: 'fra1',
		signFor: 'us-east-1',
		quirks: { multipartEtag: true },
	},
	garage: { name: 'Garage', region: 'garage' },
	gcs: {
		name: 'Google Cloud Storage',
		hosts: /(^|\.)storage\.googleapis\.com$/,
		endpoint: () => 'https://storage.googleapis.com',
		signFor: 'auto',
		// https://issuetracker.google.com/issues/323465186
		quirks: { copyParts: false, locationConstraint: false },
	},
	hetzner: {
		name: 'Hetzner Object Storage',
		hosts: /\.your-objectstorage\.com$/,
		endpoint: (region) => `https://${regionName(region)}.your-objectstorage.com`,
		example: 'fsn1',
		quirks: { multipartEtag: true },
	},
	ibm: {
		name: 'IBM Cloud Object Storage',
		hosts: /\.cloud-object-storage\.appdomain\.cloud$/,
		endpoint: (region) => `https://s3.${regionName(region)}.cloud-object-storage.appdomain.cloud`,
		example: 'eu-de',
		// There it names a class of storage ("eu-de-standard").
		quirks: { listVersion: 1, locationConstraint: false },
	},
	minio: {
		name: 'MinIO',
		region: 'us-east-1',
		// Conditions depend on the release: "If-None-Match: *" is ignored until spring 2024, If-Match where
		// there is no object until autumn 2025, and that of a delete by all.
		// https://github.com/minio/minio/pull/19681 /issues/21526 /issues/21677
		quirks: { chunks: true, crc32: true, keepsTags: true, multipartEtag: true },
	},
	other: { name: '', region: 'us-east-1' },
	ovh: {
		name: 'OVHcloud',
		hosts: /\.io\.cloud\.ovh\.(net|us)$/,
		endpoint: (region) =>
			`https://s3.${regionName(region)}.io.cloud.ovh.${region.startsWith('us-') ? 'us' : 'net'}`,
		example: 'gra',
		quirks: { multipartEtag: true },
	},
	r2: {
		name: 'Cloudflare R2',
		hosts: /\.r2\.cloudflarestorage\.com$/,
		endpoint: (_region, { accountId, jurisdiction }) =>
			`https://${[named('Account ID', accountId), jurisdiction && named('Jurisdiction', jurisdiction)].filter(Boolean).join('.')}.r2.cloudflarestorage.com`,
		signFor: 'auto',
		// https://developers.cloudflare.com/r2/objects/multipart-objects/
		quirks: { equalParts: true, locationConstraint: false },
	},
	scaleway: {
		name: 'Scaleway',
		hosts: /\.scw\.cloud$/,
		endpoint: (region) => `https://s3.${regionName(region)}.scw.cloud`,
		example: 'fr-par',
		quirks: { maxParts: 1_000, multipartEtag: true },
	},
	storj: {
		name: 'Storj',
		hosts: /(^|\.)storjshare\.io$/,
		endpoint: () => 'https://gateway.storjshare.io',
		signFor: 'us-east-1',
		// https://github.com/storj/roadmap/issues/40
		quirks: { copyParts: false, minPartBytes: 64 * MIB },
	},
	wasabi: {
		name: 'Wasabi',
		hosts: /\.wasabisys\.com$/,
		endpoint: (region) => `https://s3.${regionName(region)}.wasabisys.com`,
		region: 'us-east-1',
		quirks: { multipartEtag: true },
	},
};

/**
 * The server that the fields of a credential mean. An endpoint that is written down wins over the
 * provider; what is known of the host it names still holds.
 * @throws Failure that names the field in which something is missing
 */
export function serverOf(fields: ServerFields): Server {
	const endpoint = fields.endpoint?.trim() ?? '';
	const region = fields.region?.trim() ?? '';
	const { addressing = 'auto', dualstack, fips, accelerate } = fields;
	const amazon = endpoint === '' ? undefined : readAwsEndpoint(endpoint);
	const provider = providerOf(endpoint, fields.provider);
	const known = {
		name: provider.name,
		quirks: { ...UNKNOWN_SERVER, ...provider.quirks },
		addressing: addressing === 'auto' ? (provider.addressing ?? addressing) : addressing,
	};
	if (endpoint !== '' && !amazon) {
		const signFor = region || provider.signFor || provider.region || 'us-east-1';
		return { ...known, endpoint, region: signFor };
	}
	const home = region.toLowerCase() || provider.region || '';
	if (amazon) return { ...known, region: amazon.region ?? home, aws: amazon };
	if (provider === PROVIDERS.aws)
		return { ...known, region: home, aws: { dualstack, fips, accelerate } };
	const { endpoint: endpointIn, example, signFor } = provider;
	if (!endpointIn) throw missing('Endpoint', provider, 'https://storage.example.com');
	if (home === '' && example) throw missing('Region', provider, example);
	// Where every request is signed for the same region, the region says nothing about the address.
	if (signFor) return { ...known, region: signFor, endpoint: endpointIn(home, fields) };
	return { ...known, region: home, endpoint: (there) => endpointIn(there, fields) };
}

/** Two credentials with the same one mean the same server. */
export function serverId(fields: ServerFields): string {
	const { provider, endpoint, region, accountId, jurisdiction, addressing } = fields;
	const { dualstack, fips, accelerate } = fields;
	const amazon = [dualstack, fips, accelerate].map(Boolean);
	return fingerprint([provider, endpoint, region, accountId, jurisdiction, addressing, ...amazon]);
}

function providerOf(endpoint: string, chosen: string | undefined): Provider {
	const { other = { name: '' }, aws = other } = PROVIDERS;
	const given = chosen === undefined ? undefined : PROVIDERS[chosen];
	if (endpoint === '') return given ?? aws;
	const host = /^[a-z]+:\/\/([^/:]+)/i.exec(endpoint)?.[1]?.toLowerCase() ?? '';
	const byHost = Object.values(PROVIDERS).find(({ hosts }) => hosts?.test(host));
	if (byHost) return byHost;
	// Amazon is what the field says when nobody has touched it.
	return given && given !== aws ? given : other;
}

const regionName = (region: string) => named('Region', region);

/** A part of a host name: nothing that leads to another host. */
function named(field: string, value: string | undefined): string {
	const name = value?.trim() ?? '';
	if (/^[a-z0-9-]+$/i.test(name)) return name.toLowerCase();
	throw invalidInput(
		name === ''
			? `"${field}" is empty in the credential`
			: `"${field}" in the credential holds more than letters, digits and hyphens`,
	);
}

const missing = (field: string, { name }: Provider, example: string) =>
	invalidInput(
		`"${field}" is empty in the credential: ${name || 'this server'} needs one, such as ${example}`,
	);
