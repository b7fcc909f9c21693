import { Cleaner } from '../../../nodes/S3/triggers/afterReading';
import type { AfterReading } from '../../../nodes/S3/triggers/afterReading';
import { Watch } from '../../../nodes/S3/triggers/watch';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import { putObject } from '../../../nodes/S3/transport/objects';
import { getObjectTags } from '../../../nodes/S3/transport/tagging';
import { startS3Sandbox, type S3Sandbox } from '../../../sandbox/s3/server.ts';
import { clientOf, isA } from '../clientOf';

let sandbox: S3Sandbox;
beforeEach(async () => {
	sandbox = await startS3Sandbox();
});
afterEach(async () => await sandbox.close());

const watch = new Watch({
	bucket: 'incoming',
	prefix: '',
	include: '',
	exclude: '',
	events: ['created'],
	doneFile: '',
	stableForMs: 0,
	changeIs: 'content',
});
const after = (action: AfterReading['action']): AfterReading => ({
	action,
	bucket: 'incoming',
	prefix: '',
	destinationBucket: 'done',
	destinationPrefix: '',
	tag: { name: '', value: '' },
	deleteDoneFile: false,
});

test.each(['delete', 'move'] as const)(
	'an object that is replaced while the one that was read is cleaned up stays: %s',
	async (action) => {
		const s3 = clientOf(sandbox);
		for (const bucket of ['incoming', 'done']) await createBucket(s3, bucket, { ifExists: 'fail' });
		await putObject(s3, 'incoming', 'k', Buffer.from('read'), {});
		const events = watch.findings(await watch.list(s3), new Map(), 0);
		sandbox.faults.add({ kind: 'delay', ms: 300, times: 1, match: isA('DeleteObject') });
		const known = new Map();
		const cleaning = new Cleaner(after(action), watch).settle(s3, events, 'succeeded', known);
		while (!sandbox.requests.some(isA('DeleteObject')))
			await new Promise((resolve) => setTimeout(resolve, 10));
		await putObject(s3, 'incoming', 'k', Buffer.from('never read'), {});
		await cleaning;
		expect(sandbox.read('incoming', 'k')?.toString()).toBe('never read');
	},
);

test('an object is tagged beside the tags that it has, and recognised by it later', async () => {
	const s3 = clientOf(sandbox);
	await createBucket(s3, 'incoming', { ifExists: 'fail' });
	for (const [key, tags] of Object.entries({ bare: '', tagged: 'colour=red' }))
		await putObject(s3, 'incoming', key, Buffer.from('x'), tags ? { 'x-amz-tagging': tags } : {});
	const events = watch.findings(await watch.list(s3), new Map(), 0);
	const cleaner = new Cleaner({ ...after('tag'), tag: { name: 'state', value: 'read' } }, watch);
	await cleaner.settle(s3, events, 'succeeded', new Map());
	const tagsOf = async (key: string) => await getObjectTags(s3, { bucket: 'incoming', key });
	expect(await tagsOf('bare')).toEqual({ state: 'read' });
	expect(await tagsOf('tagged')).toEqual({ colour: 'red', state: 'read' });
	expect(await cleaner.settle(s3, events, 'unknown', new Map())).toEqual([]);
});
