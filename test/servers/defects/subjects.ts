import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import type { Engine } from '../../engine/engine';

/** What every S3 node can do, in the words of the scenarios. */
export type Operation =
	| 'upload'
	| 'uploadFile'
	| 'download'
	| 'list'
	| 'search'
	| 'copy'
	| 'delete'
	| 'folders'
	| 'deleteFolder';

/** Fields that all items share or that hold expressions on the item. */
export interface Fields {
	bucket?: string;
	key?: string;
	text?: string;
	/** copies: "bucket/key" of the source */
	source?: { bucket: string; key: string };
	prefix?: string;
	/** folds what lies behind it in a key */
	delimiter?: string;
	/** at most so many rows; all without it */
	limit?: number;
	tag?: { name: string; value: string };
	/** everybody may read what is uploaded */
	readable?: boolean;
	/** the binary property with the file; "data" without it */
	file?: string;
}

export interface Result {
	rows: INodeExecutionData[];
	/** of the run, where it failed */
	error?: { message: string; description?: string };
}

/** A node that scenarios are played with. */
export interface Subject {
	name: string;
	run(operation: Operation, fields: Fields, items?: INodeExecutionData[]): Promise<Result>;
	use(server: Server): void;
}

export interface Server {
	endpoint: string;
	accessKeyId: string;
	secretAccessKey: string;
	/** us-east-1 without it */
	region?: string;
	/** ARN of the role that the keys take on; the STS is at the same address */
	role?: string;
}

/** How a node signs in. */
interface SignIn {
	credential: string;
	data: IDataObject;
	/** that say so in the node */
	parameters?: IDataObject;
}

type Parameters = Record<Operation, (fields: Fields) => IDataObject>;

function subject(
	engine: Engine,
	name: string,
	node: Pick<INode, 'type' | 'typeVersion'>,
	parameters: Parameters,
	signInAt: (server: Server) => SignIn,
): Subject {
	let servers = 0;
	let signIn: SignIn = { credential: '', data: {} };
	return {
		name,
		use(server) {
			servers++;
			signIn = signInAt(server);
			engine.credentials[signIn.credential] = signIn.data as Engine['credentials'][string];
		},
		async run(operation, fields, items = [{ json: {} }]) {
			const id = `defects-${name}-${servers}`;
			const all = { ...parameters[operation](fields), ...signIn.parameters };
			const { outputs, errorOf } = await engine.run(
				{
					...node,
					parameters: all as INode['parameters'],
					credentials: { [signIn.credential]: { id, name: 'S3' } },
				},
				{ items },
			);
			const error = errorOf('E');
			return { rows: outputs('E')[0] ?? [], ...(error && { error }) };
		},
	};
}

const many = (limit: number | undefined) =>
	limit === undefined ? { returnAll: true } : { returnAll: false, limit };
const ourObject = { resource: 'object' };
const toEverybody = {
	permission: 'READ',
	granteeType: 'uri',
	grantee: 'http://acs.amazonaws.com/groups/global/AllUsers',
};

const ours: Parameters = {
	upload: ({ bucket, key, text, tag, readable }) => ({
		...ourObject,
		operation: 'upload',
		bucket,
		key,
		source: 'text',
		text,
		options: {
			...(tag && { tags: { rows: [tag] } }),
			...(readable && { grants: { rows: [toEverybody] } }),
		},
	}),
	uploadFile: ({ bucket, key, file = 'data' }) => ({
		...ourObject,
		operation: 'upload',
		bucket,
		key,
		source: 'binary',
		binaryPropertyName: file,
		options: { partSize: 5 },
	}),
	download: ({ bucket, key }) => ({
		...ourObject,
		operation: 'download',
		bucket,
		key,
		binaryPropertyName: 'data',
	}),
	list: ({ bucket, prefix, limit }) => ({
		...ourObject,
		operation: 'getMany',
		bucket,
		prefix,
		...many(limit),
	}),
	search: ({ bucket, prefix, delimiter, limit }) => ({
		...ourObject,
		operation: 'getMany',
		bucket,
		prefix,
		...(delimiter && { delimiter }),
		...many(limit),
	}),
	copy: ({ bucket, key, source }) => ({
		...ourObject,
		operation: 'copy',
		sourceBucket: source?.bucket,
		sourceKey: source?.key,
		bucket,
		key,
	}),
	delete: ({ bucket, key }) => ({ ...ourObject, operation: 'delete', bucket, key }),
	folders: ({ bucket, prefix }) => ({
		resource: 'folder',
		operation: 'getMany',
		bucket,
		folder: prefix,
		returnAll: true,
	}),
	deleteFolder: ({ bucket, key }) => ({
		resource: 'folder',
		operation: 'delete',
		bucket,
		folder: key,
	}),
};

const builtIn: Parameters = {
	upload: ({ bucket, key, text, tag, readable }) => ({
		resource: 'file',
		operation: 'upload',
		bucketName: bucket,
		fileName: key,
		binaryData: false,
		fileContent: text,
		// All it has: there is no field for whom.
		additionalFields: readable ? { grantRead: true } : {},
		tagsUi: tag ? { tagsValues: [{ key: tag.name, value: tag.value }] } : {},
	}),
	uploadFile: ({ bucket, key, file = 'data' }) => ({
		resource: 'file',
		operation: 'upload',
		bucketName: bucket,
		fileName: key,
		binaryData: true,
		binaryPropertyName: file,
		additionalFields: {},
		tagsUi: {},
	}),
	download: ({ bucket, key }) => ({
		resource: 'file',
		operation: 'download',
		bucketName: bucket,
		fileKey: key,
		binaryPropertyName: 'data',
	}),
	list: ({ bucket, prefix, limit }) => ({
		resource: 'file',
		operation: 'getAll',
		bucketName: bucket,
		...many(limit),
		options: prefix === undefined ? {} : { folderKey: prefix },
	}),
	search: ({ bucket, prefix, delimiter, limit }) => ({
		resource: 'bucket',
		operation: 'search',
		bucketName: bucket,
		...many(limit),
		additionalFields: { ...(prefix !== undefined && { prefix }), ...(delimiter && { delimiter }) },
	}),
	copy: ({ bucket, key, source }) => ({
		resource: 'file',
		operation: 'copy',
		sourcePath: `/${source?.bucket}/${source?.key}`,
		destinationPath: `/${bucket}/${key}`,
		additionalFields: {},
	}),
	delete: ({ bucket, key }) => ({
		resource: 'file',
		operation: 'delete',
		bucketName: bucket,
		fileKey: key,
		options: {},
	}),
	folders: ({ bucket, prefix }) => ({
		resource: 'folder',
		operation: 'getAll',
		bucketName: bucket,
		returnAll: true,
		options: prefix === undefined ? {} : { folderKey: prefix },
	}),
	deleteFolder: ({ bucket, key }) => ({
		resource: 'folder',
		operation: 'delete',
		bucketName: bucket,
		folderKey: key,
	}),
};

export const ourS3 = (engine: Engine): Subject =>
	subject(
		engine,
		'Resilient S3',
		{ type: 'n8n-nodes-resilient.s3', typeVersion: 1 },
		ours,
		({ role, ...server }) => ({
			credential: 'resilientS3Api',
			data: {
				region: 'us-east-1',
				...server,
				...(role && { authentication: 'assumeRole', roleArn: role }),
			},
		}),
	);

/** The nodes of n8n itself; the engine must have loaded n8n-nodes-base. */
export const builtInS3 = (engine: Engine): Subject[] => [
	subject(
		engine,
		'n8n S3',
		{ type: 'n8n-nodes-base.s3', typeVersion: 1 },
		builtIn,
		// It has no roles.
		({ role: _role, ...server }) => ({
			credential: 's3',
			data: { region: 'us-east-1', ...server, forcePathStyle: true, ignoreSSLIssues: false },
		}),
	),
	subject(
		engine,
		'n8n AWS S3',
		{ type: 'n8n-nodes-base.awsS3', typeVersion: 2 },
		builtIn,
		({ endpoint, role, accessKeyId, secretAccessKey, region = 'us-east-1' }) => {
			const place = { region, customEndpoints: true, s3Endpoint: endpoint };
			if (!role) return { credential: 'aws', data: { ...place, accessKeyId, secretAccessKey } };
			// All it takes for another STS than Amazon's.
			process.env.AWS_ENDPOINT_URL_STS = endpoint;
			const keys = { stsAccessKeyId: accessKeyId, stsSecretAccessKey: secretAccessKey };
			return {
				credential: 'awsAssumeRole',
				data: { ...place, ...keys, roleArn: role, roleSessionName: 'n8n' },
				parameters: { authentication: 'assumeRole' },
			};
		},
	),
];
