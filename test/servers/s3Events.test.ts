import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { createBucket } from '../../nodes/S3/transport/buckets';
import type { S3Client } from '../../nodes/S3/transport/client';
import { deleteObject } from '../../nodes/S3/transport/deleteObject';
import {
	addNotification,
	createCephTopic,
	deleteCephTopic,
	hasNotification,
	removeNotification,
} from '../../nodes/S3/transport/notification';
import { putObject } from '../../nodes/S3/transport/objects';
import type { EventRecord } from '../../nodes/S3/triggers/records';
import { recordsOf } from '../../nodes/S3/triggers/records';
import { clientOf } from '../S3/clientOf';
import { needs } from '../needs';
import { startRadosgw, type Radosgw } from './radosgw/start.ts';

needs(
	'radosgw',
	'ceph-mon',
	'ceph-osd',
	'ceph',
)('events of Ceph', () => {
	let gateway: Radosgw;
	let s3: S3Client;
	let server: Server;
	let address = '';
	const posted: Array<{ url: string; records: EventRecord[] }> = [];

	beforeAll(async () => {
		gateway = await startRadosgw();
		s3 = clientOf(gateway, gateway);
		await createBucket(s3, 'events', { ifExists: 'fail' });
		server = createServer((request, response) => {
			void text(request).then((body) => {
				posted.push({ url: request.url ?? '', records: recordsOf(JSON.parse(body), 'auto') });
				response.end();
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/x`;
	}, 120_000);
	afterAll(async () => {
		server?.close();
		await gateway?.stop();
	});

	const put = async (key: string) => await putObject(s3, 'events', key, Buffer.from('text'), {});
	const events = () =>
		posted.flatMap(({ records }) => records.map(({ event, key }) => `${event} ${key}`));
	const until = async (count: number) => {
		for (let n = 0; n < 1_600 && events().length < count; n++) await wait(50);
		await wait(300);
	};

	test('a bucket is told to post, keeps what else it was told, and forgets it again', async () => {
		const other = await createCephTopic(s3, 'somebody-else', `${address}/other`);
		const everything = { events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] };
		const whole = { ...everything, prefix: '', suffix: '' };
		await addNotification(s3, 'events', { id: 'other', arn: other, ...whole, prefix: 'other/' });

		const arn = await createCephTopic(s3, 'n8n-test', `${address}?token=secret%2B1`);
		expect(arn).toMatch(/^arn:aws:sns:.*:n8n-test$/);
		await addNotification(s3, 'events', {
			id: 'n8n-test',
			arn,
			...everything,
			prefix: 'in/',
			suffix: '.csv',
		});
		expect(await hasNotification(s3, 'events', 'n8n-test')).toBe(true);
		expect(await hasNotification(s3, 'events', 'other')).toBe(true);

		const keys = ['in/plain.csv', 'in/with space+plus%20.csv', 'in/ünï & <x>.csv'];
		for (const key of [...keys, 'in/other.txt', 'out/plain.csv']) await put(key);
		await deleteObject(s3, 'events', 'in/plain.csv');
		await until(4);
		expect(events().sort()).toEqual(
			[...keys.map((key) => `created ${key}`), 'deleted in/plain.csv'].sort(),
		);
		expect(new Set(posted.map(({ url }) => url))).toEqual(new Set(['/webhook/x?token=secret%2B1']));
		expect(posted[0]?.records[0]).toMatchObject({
			eventName: 'ObjectCreated:Put',
			bucket: 'events',
			size: 4,
			etag: '1cb251ec0d568de6a929b520c4aed8d1',
			source: 'ceph:s3',
		});

		expect(await removeNotification(s3, 'events', 'n8n-test')).toBe(arn);
		await deleteCephTopic(s3, arn);
		expect(await hasNotification(s3, 'events', 'n8n-test')).toBe(false);
		expect(await hasNotification(s3, 'events', 'other')).toBe(true);
		posted.length = 0;
		await put('in/late.csv');
		await put('other/late.csv');
		await until(1);
		expect(events()).toEqual(['created other/late.csv']);
		expect(await removeNotification(s3, 'events', 'n8n-test')).toBeUndefined();
	}, 200_000);
});
