import { createBucket } from '../../nodes/S3/transport/buckets';
import { putObject } from '../../nodes/S3/transport/objects';
import { getObjectTags } from '../../nodes/S3/transport/tagging';
import { Cleaner } from '../../nodes/S3/triggers/afterReading';
import { Watch } from '../../nodes/S3/triggers/watch';
import { clientOf } from '../S3/clientOf';
import { needs } from '../needs';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('after reading, against Ceph', () => {
	let gateway: Radosgw;
	beforeAll(async () => {
		gateway = await startRadosgw();
	}, 120_000);
	afterAll(async () => await gateway?.stop());

	test('an object that never had a tag gets one, and is recognised by it', async () => {
		const s3 = clientOf(gateway, gateway);
		await createBucket(s3, 'incoming', { ifExists: 'fail' });
		await putObject(s3, 'incoming', 'k', Buffer.from('x'), {});
		const watched = { bucket: 'incoming', prefix: '', include: '', exclude: '', doneFile: '' };
		const watch = new Watch({
			...watched,
			events: ['created'],
			stableForMs: 0,
			changeIs: 'overwrite',
		});
		const tag = { name: 'state', value: 'read' };
		const destination = { destinationBucket: '', destinationPrefix: '' };
		const cleaner = new Cleaner(
			{ ...watched, ...destination, action: 'tag', tag, deleteDoneFile: false },
			watch,
		);
		const events = watch.findings(await watch.list(s3), new Map(), 0);
		const known = new Map([['k', watch.lookOf(events[0] ?? {})]]);
		await cleaner.settle(s3, events, 'succeeded', known);
		expect(await getObjectTags(s3, { bucket: 'incoming', key: 'k' })).toEqual({ state: 'read' });
		// The tag is no change of the object.
		expect(watch.findings(await watch.list(s3), known, 0)).toEqual([]);
	});
});
