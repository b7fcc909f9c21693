import { needs } from '../../needs';
import { run } from './program.ts';
import { keysOf } from './sdk.ts';
import { Toolbench } from './toolbench.ts';

jest.setTimeout(120_000);

const bucket = 'configured';
let bench: Toolbench;

beforeAll(async () => {
	bench = await Toolbench.open();
});

afterEach(() => bench.expectClean());
afterAll(() => bench.close());

/** What is put comes back: end of the method's name, the argument, and the document. */
const documents: Array<[name: string, option: string, document: object, without?: string]> = [
	['tagging', 'Tagging', { TagSet: [{ Key: 'a', Value: 'ü @' }] }, 'NoSuchTagSet'],
	[
		'cors',
		'CORSConfiguration',
		{
			CORSRules: [
				{
					ID: 'one',
					AllowedMethods: ['GET'],
					AllowedOrigins: ['https://*.example.org'],
					MaxAgeSeconds: 5,
				},
			],
		},
		'NoSuchCORSConfiguration',
	],
	[
		'lifecycle_configuration',
		'LifecycleConfiguration',
		{
			Rules: [
				{ ID: 'r', Status: 'Enabled', Filter: { Prefix: 'logs/' }, Expiration: { Days: 3 } },
				{
					ID: 's',
					Status: 'Disabled',
					Filter: { And: { Prefix: 'a', Tags: [{ Key: 'k', Value: 'v' }] } },
					Transitions: [{ Days: 30, StorageClass: 'GLACIER' }],
					AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
				},
			],
		},
		'NoSuchLifecycleConfiguration',
	],
	[
		'website',
		'WebsiteConfiguration',
		{ IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: 'error.html' } },
		'NoSuchWebsiteConfiguration',
	],
	[
		'ownership_controls',
		'OwnershipControls',
		{ Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
		'OwnershipControlsNotFoundError',
	],
	['request_payment', 'RequestPaymentConfiguration', { Payer: 'Requester' }],
	['accelerate_configuration', 'AccelerateConfiguration', { Status: 'Enabled' }],
	[
		'logging',
		'BucketLoggingStatus',
		{ LoggingEnabled: { TargetBucket: bucket, TargetPrefix: 'log/' } },
	],
	[
		'notification_configuration',
		'NotificationConfiguration',
		{
			QueueConfigurations: [
				{
					Id: 'q',
					QueueArn: 'arn:aws:sqs:us-east-1:123456789012:queue',
					Events: ['s3:ObjectCreated:*'],
					Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'in/' }] } },
				},
			],
		},
	],
];

/** What is refused: the code, the method, the argument and the document. */
const wrong: Array<[code: string, method: string, argument: string, document: object]> = [
	[
		'InvalidRequest',
		'put_bucket_cors',
		'CORSConfiguration',
		{ CORSRules: [{ AllowedMethods: ['PATCH'], AllowedOrigins: ['*'] }] },
	],
	['MalformedXML', 'put_bucket_cors', 'CORSConfiguration', { CORSRules: [] }],
	[
		'InvalidRequest',
		'put_bucket_lifecycle_configuration',
		'LifecycleConfiguration',
		{ Rules: [{ Status: 'Enabled', Filter: { Prefix: '' } }] },
	],
	[
		'MalformedXML',
		'put_bucket_lifecycle_configuration',
		'LifecycleConfiguration',
		{ Rules: [{ Status: 'On', Filter: { Prefix: '' }, Expiration: { Days: 1 } }] },
	],
	[
		'InvalidArgument',
		'put_bucket_lifecycle_configuration',
		'LifecycleConfiguration',
		{ Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 0 } }] },
	],
	[
		'MalformedXML',
		'put_bucket_request_payment',
		'RequestPaymentConfiguration',
		{ Payer: 'Nobody' },
	],
	[
		'InvalidArgument',
		'put_bucket_website',
		'WebsiteConfiguration',
		{ ErrorDocument: { Key: 'e' } },
	],
];

const script = `
import json, sys, botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
given = json.load(sys.stdin)
client = botocore.session.get_session().create_client('s3', region_name='us-east-1', endpoint_url=given['endpoint'],
    aws_access_key_id=given['accessKeyId'], aws_secret_access_key=given['secretAccessKey'],
    config=Config(signature_version='s3v4', s3={'addressing_style': 'path'}, retries={'total_max_attempts': 1}))
bucket = given['bucket']
client.create_bucket(Bucket=bucket)
def code(method, **arguments):
    try:
        getattr(client, method)(Bucket=bucket, **arguments)
        return None
    except ClientError as error:
        return error.response['Error']['Code']
came_back, after = {}, {}
for name, argument, document, *_ in given['documents']:
    getattr(client, 'put_bucket_' + name)(Bucket=bucket, **{argument: document})
    got = getattr(client, 'get_bucket_' + name)(Bucket=bucket)
    got.pop('ResponseMetadata')
    came_back[name] = got.get(argument, got)
    delete = 'delete_bucket_' + name.replace('_configuration', '')
    if hasattr(client, delete):
        getattr(client, delete)(Bucket=bucket)
        after[name] = code('get_bucket_' + name)
refused = [code(method, **{argument: document}) for _, method, argument, document in given['wrong']]
print(json.dumps({'came_back': came_back, 'after': after, 'refused': refused}))
`;

needs('/usr/bin/python3', '/usr/lib/python3/dist-packages/botocore')('botocore on buckets', () => {
	test('configurations come back as they were put, and wrong ones are refused', async () => {
		const input = {
			endpoint: bench.sandbox.endpoint,
			...keysOf(bench.sandbox),
			bucket,
			documents,
			wrong,
		};
		const home = { HOME: bench.folder };
		const { stdout, output } = await run('python3', ['-c', script], home, JSON.stringify(input));
		expect(output).not.toContain('Traceback');
		expect(JSON.parse(stdout)).toEqual({
			came_back: Object.fromEntries(documents.map(([name, , document]) => [name, document])),
			after: Object.fromEntries(
				documents.flatMap(([name, , , without]) =>
					without === undefined ? [] : [[name, without]],
				),
			),
			refused: wrong.map(([code]) => code),
		});
	});
});
