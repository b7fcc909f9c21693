import type { Environment } from '../../../shared/transport/hostIdentity';
import type { Address } from '../address';
import { addressOf } from '../address';
import { awsSuffix } from '../endpoint';
import type { Server } from '../providers';
import type { SignInFields } from './fields';
import { wrong } from './fields';

/** Where an STS is, and what its requests are signed for. */
export interface StsPlace {
	address: Address;
	region: string;
}

/**
 * The STS that belongs to a server: at Amazon that of the region, elsewhere (Ceph, MinIO) the server
 * itself.
 * https://docs.aws.amazon.com/general/latest/gr/sts.html
 */
export function stsPlace({ stsEndpoint }: SignInFields, server: Server): StsPlace {
	const written = stsEndpoint?.trim();
	if (written) return placeAt(written, server.region);
	if (server.aws) return placeAt(awsSts(server), server.region);
	return { address: addressOf({ ...server, addressing: 'path' })(), region: server.region };
}

/**
 * The STS that gets to see the token of the host: never one that a credential names.
 * @throws Failure where the environment names none
 */
export function hostStsPlace(server: Server, environment: Environment): StsPlace {
	const region = server.aws ? server.region : environment.AWS_REGION || 'us-east-1';
	const named = environment.AWS_ENDPOINT_URL_STS;
	if (named) return placeAt(named, region);
	if (server.aws) return placeAt(awsSts(server), region);
	throw wrong(
		'The token of the server that n8n runs on cannot be sent to the address',
		'The administrator of n8n names the STS for it with AWS_ENDPOINT_URL_STS.',
	);
}

function awsSts({ region, aws }: Server): string {
	if (aws?.dualstack && !region.startsWith('cn-'))
		return `https://sts${aws.fips ? '-fips' : ''}.${region}.api.aws`;
	// The endpoints of GovCloud are all FIPS endpoints and have no name of their own for it.
	const fips = aws?.fips && !region.startsWith('us-gov-');
	return `https://sts${fips ? '-fips' : ''}.${region}.${awsSuffix(region)}`;
}

const AWS_STS = /^https:\/\/sts(?:-fips)?(?:\.([a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?\/*$/;

function placeAt(endpoint: string, otherwise: string): StsPlace {
	const [amazon, region = 'us-east-1'] = AWS_STS.exec(endpoint) ?? [];
	const address = addressOf({ endpoint, region: otherwise, addressing: 'path' })();
	return { address, region: amazon ? region : otherwise };
}
