import { partSizes } from '../../../nodes/S3/transport/partSizes';
import { serverOf } from '../../../nodes/S3/transport/providers';

const MIB = 1024 * 1024;
const quirksOf = (provider: string) =>
	serverOf({ provider, accountId: 'abc123', region: 'fr-par' }).quirks;

const indexes = [0, 1, 700, 5_000, 9_999];

test('parts of a stream of unknown length grow, except where all must be of one size', () => {
	const aws = indexes.map(partSizes(quirksOf('aws'), 16 * MIB, undefined));
	expect(new Set(aws).size).toBeGreaterThan(1);
	const r2 = indexes.map(partSizes(quirksOf('r2'), 16 * MIB, undefined));
	expect(r2).toEqual(indexes.map(() => 16 * MIB));
});

test.each([
	['aws', 10],
	['scaleway', 97],
	['storj', 64],
])('of %s a file of 97,000 MiB is sent in parts of %i MiB', (provider, mib) => {
	const sizes = partSizes(quirksOf(provider), 5 * MIB, 97_000 * MIB);
	expect(indexes.map(sizes)).toEqual(indexes.map(() => mib * MIB));
});
