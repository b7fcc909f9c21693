import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createHash, randomBytes } from 'node:crypto';
import { needs } from '../../needs';
import { oddKeys } from './oddKeys.ts';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';
import { Toolbench } from './toolbench.ts';

jest.setTimeout(120_000);

let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open();
});

beforeEach(() => bench.forget());
afterEach(() => bench.expectClean());
afterAll(() => bench.close());

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore', () => {
	const python = (script: string, input: unknown) =>
		run('python3', ['-c', script], { HOME: bench.folder }, JSON.stringify(input));
	const session = () => ({ endpoint: bench.sandbox.endpoint, ...keysOf(bench.sandbox) });
	const preamble = `
import json, sys, urllib.request
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
given = json.load(sys.stdin)
client = botocore.session.get_session().create_client(
    's3', region_name='us-east-1', endpoint_url=given['endpoint'],
    aws_access_key_id=given['accessKeyId'], aws_secret_access_key=given['secretAccessKey'],
    config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}, retries={'total_max_attempts': 1}))
`;

	test('puts, gets, copies and lists odd keys', async () => {
		await bench.sdk.send(new CreateBucketCommand({ Bucket: 'boto-odd' }));
		const script = `${preamble}
read = {}
for key in given['keys']:
    client.put_object(Bucket='boto-odd', Key=key, Body=key.encode(), Metadata={'a': 'b'})
    got = client.get_object(Bucket='boto-odd', Key=key)
    read[key] = got['Body'].read().decode() if got['Metadata'] == {'a': 'b'} else None
listed = [one['Key'] for one in client.list_objects_v2(Bucket='boto-odd')['Contents']]
for key in given['keys']:
    client.copy_object(Bucket='boto-odd', Key='the copy', CopySource={'Bucket': 'boto-odd', 'Key': key})
print(json.dumps({'read': read, 'listed': listed}))
`;
		const { stdout, output } = await python(script, { ...session(), keys: oddKeys });
		expect(output).not.toContain('Traceback');
		const { read, listed } = JSON.parse(stdout) as {
			read: Record<string, string>;
			listed: string[];
		};
		expect(read).toEqual(Object.fromEntries(oddKeys.map((key) => [key, key])));
		expect(new Set(listed)).toEqual(new Set(oddKeys));
	});

	test('presigns a PUT with a signed content type', async () => {
		const script = `${preamble}
url = client.generate_presigned_url('put_object', ExpiresIn=60, Params={'Bucket': 'boto-odd', 'Key': 'a +/ü', 'ContentType': 'text/x-signed'})
codes = []
for content_type in ['text/x-other', 'text/x-signed']:
    request = urllib.request.Request(url, data=b'presigned', method='PUT', headers={'Content-Type': content_type})
    try:
        codes.append(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        codes.append(error.status)
print(json.dumps(codes))
`;
		const { stdout, output } = await python(script, session());
		expect(output).not.toContain('Traceback');
		expect(JSON.parse(stdout)).toEqual([403, 200]);
		expect(bench.sandbox.read('boto-odd', 'a +/ü')?.toString()).toBe('presigned');
	});

	test('takes an error inside of a 200 for an error and tries again', async () => {
		const fault = bench.sandbox.faults.add({ kind: 'errorInside200', times: 1 });
		const script = `${preamble}
client.put_object(Bucket='boto-odd', Key='source', Body=b'x')
client.copy_object(Bucket='boto-odd', Key='late', CopySource='boto-odd/source')
`;
		const { output } = await python(
			script.replace("'total_max_attempts': 1", "'total_max_attempts': 2"),
			session(),
		);
		expect(output).toBe('');
		expect(fault.hits).toBe(1);
		const copies = bench.sandbox.requests.filter(({ operation }) => operation === 'CopyObject');
		expect(copies.map(({ status, code }) => [status, code])).toEqual([
			[200, 'InternalError'],
			[200, undefined],
		]);
		expect(bench.sandbox.effects.get('boto-odd/late')).toEqual({ writes: 1, deletes: 0 });
		bench.forget();
	});

	test('downloads a range', async () => {
		const Body = randomBytes(100_000);
		await bench.sdk.send(new PutObjectCommand({ Bucket: 'boto-odd', Key: 'md5', Body }));
		const script = `${preamble}
import hashlib
got = client.get_object(Bucket='boto-odd', Key='md5', Range='bytes=10-99999')
print(hashlib.md5(got['Body'].read()).hexdigest(), got['ContentRange'])
`;
		const { stdout } = await python(script, session());
		const expected = createHash('md5').update(Body.subarray(10)).digest('hex');
		expect(stdout.trim()).toBe(`${expected} bytes 10-99999/100000`);
	});
});
