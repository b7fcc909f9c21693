import { encodeKey } from './encode';

/** A server, understood. */
export interface Endpoint {
	readonly protocol: string;
	/** Host name with the port, if it is not the scheme's own. */
	readonly host: string;
	readonly hostname: string;
	/** Encoded; '' or a path that begins with a slash and does not end with one. */
	readonly prefix: string;
	readonly isAws: boolean;
	/** Before which the bucket stands in requests for objects, where that is another host. */
	readonly objectHost?: string;
}

const EXAMPLE = 'https://minio.example.com:9000';

// Amazon's partitions other than amazonaws.com, by prefix of the region.
const DNS_SUFFIXES: ReadonlyArray<readonly [prefix: string, suffix: string]> = [
	['cn-', 'amazonaws.com.cn'],
	['eusc-', 'amazonaws.eu'],
	['us-iso-', 'c2s.ic.gov'],
	['us-isob-', 'sc2s.sgov.gov'],
	['us-isof-', 'csp.hci.ic.gov'],
	['eu-isoe-', 'cloud.adc-e.uk'],
];

/** The last part of all of Amazon's host names in the region. */
export const awsSuffix = (region: string): string =>
	DNS_SUFFIXES.find(([start]) => region.startsWith(start))?.[1] ?? 'amazonaws.com';

/** Which of its endpoints Amazon S3 is reached through. */
export interface AwsEndpoints {
	/** IPv6 besides IPv4 */
	dualstack?: boolean;
	/** cryptography validated under FIPS 140 */
	fips?: boolean;
	/** objects go through the nearest edge location */
	accelerate?: boolean;
}

/**
 * Amazon S3 in a region. Transfer Acceleration is for objects only, so buckets stay where they are.
 * https://docs.aws.amazon.com/general/latest/gr/s3.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/transfer-acceleration-getting-started.html
 */
export function awsEndpoint(region: string, endpoints: AwsEndpoints = {}): Endpoint {
	const { dualstack, fips, accelerate } = endpoints;
	if (!/^[a-z0-9-]+$/.test(region)) {
		throw new TypeError(
			region === ''
				? 'The region is empty: without an endpoint, give the AWS region, for example us-east-1'
				: `The region ${JSON.stringify(region)} is not the name of an AWS region, for example us-east-1`,
		);
	}
	if (accelerate && fips) {
		throw new TypeError('Transfer Acceleration has no FIPS endpoints: switch one of them off');
	}
	const suffix = awsSuffix(region);
	const stack = dualstack ? '.dualstack' : '';
	const host = `${fips ? 's3-fips' : 's3'}${stack}.${region}.${suffix}`;
	return {
		protocol: 'https:',
		host,
		hostname: host,
		prefix: '',
		isAws: true,
		...(accelerate && { objectHost: `s3-accelerate${stack}.${suffix}` }),
	};
}

// Only whole endpoints of Amazon itself; the bucket may stand before any of these.
const AWS_HOST = /^s3([.-][a-z0-9.-]+)?\.amazonaws\.(com|com\.cn|eu)$/;
const AWS_REGION_HOST =
	/^s3(-fips)?(\.dualstack)?[.-]([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.(?:com|com\.cn|eu)$/;

/** Whether this is a host of Amazon, with or without a bucket before its name. */
export const isAmazon = (host: string): boolean => /\.amazonaws\.(com|com\.cn|eu)$/.test(host);

/** The region in a host name of Amazon S3, whatever stands before it. */
export const awsRegionIn = (host: string | undefined): string | undefined =>
	/[.-]([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\.(?:com|com\.cn|eu)$/.exec(host ?? '')?.[1];

/** What an endpoint of Amazon S3 itself says, so that buckets in other regions can be reached too. */
export function readAwsEndpoint(
	endpoint: string,
): (AwsEndpoints & { region?: string }) | undefined {
	const [, hostname] = /^https:\/\/([a-z0-9.-]+)\/*$/i.exec(endpoint) ?? [];
	const host = hostname?.toLowerCase() ?? '';
	if (host === 's3.amazonaws.com') return {};
	const accelerated = /^s3-accelerate(\.dualstack)?\.amazonaws\.com$/.exec(host);
	if (accelerated) return { accelerate: true, dualstack: accelerated[1] !== undefined };
	const [, fips, dualstack, region] = AWS_REGION_HOST.exec(host) ?? [];
	if (region === undefined) return undefined;
	return { region, fips: fips !== undefined, dualstack: dualstack !== undefined };
}

function encodedPrefix(path: string): string {
	try {
		return encodeKey(decodeURIComponent(path.replace(/\/+$/, '')));
	} catch {
		throw new TypeError('The path of the endpoint is not percent-encoded UTF-8: correct it');
	}
}

// The endpoint itself is quoted only where it is no more than host and port: people paste presigned
// URLs and URLs with passwords into this field, and these messages are logged.
/** @throws TypeError that says what is wrong with it */
export function parseEndpoint(endpoint: string): Endpoint {
	if (endpoint.includes('@')) {
		throw new TypeError(
			'The endpoint must not contain credentials (user:password@): give them in the key fields',
		);
	}
	if (/[?#]/.test(endpoint)) {
		throw new TypeError(
			`The endpoint must not contain a query or fragment: write only the server, like ${EXAMPLE}`,
		);
	}
	if (/[\s\\\p{Cc}]/u.test(endpoint)) {
		throw new TypeError('The endpoint contains a space, a backslash or a control character');
	}
	const [, scheme, authority, path = ''] =
		/^([a-z][a-z0-9+.-]*):\/\/([^/]*)(.*)$/i.exec(endpoint) ?? [];
	if (scheme === undefined) {
		const bare = /^(?=.*[.:])[a-z0-9.-]+(:\d+)?$/i.test(endpoint) ? `https://${endpoint}` : EXAMPLE;
		throw new TypeError(
			`The endpoint has no scheme: write ${bare}, or http:// where the server has no TLS`,
		);
	}
	if (!/^https?$/i.test(scheme)) {
		throw new TypeError(
			`The endpoint begins with ${scheme}://: it must begin with https:// or http://`,
		);
	}
	if (!authority || !URL.canParse(`${scheme}://${authority}`)) {
		throw new TypeError(
			`The endpoint has no valid host and port after ${scheme}://: write it like ${EXAMPLE}`,
		);
	}
	// The URL class sees only scheme and host; it would fold dot segments in the path.
	const { protocol, host, hostname } = new URL(`${scheme}://${authority}`);
	return {
		protocol,
		host,
		hostname,
		prefix: encodedPrefix(path),
		isAws: protocol === 'https:' && AWS_HOST.test(hostname),
	};
}
