import { Cleaner } from '../../../nodes/S3/triggers/afterReading';
import type { AfterReading } from '../../../nodes/S3/triggers/afterReading';
import { Watch } from '../../../nodes/S3/triggers/watch';
import { createBucket } from '../../../nodes/S3/transport/buckets';
import { putObject } from '../../../nodes/S3/transport/objects';
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
