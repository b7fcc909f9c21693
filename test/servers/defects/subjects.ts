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
	/** at most so many rows; all without it */
	limit?: number;
	tag?: { name: string; value: string };
	/** everybody may read what is uploaded */
	readable?: boolean;
	fileName?: string;
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
}

type Parameters = Record<Operation, (fields: Fields) => IDataObject>;

function subject(
	engine: Engine,
	name: string,
	node: Pick<INode, 'type' | 'typeVersion'>,
	parameters: Parameters,
	credential: string,
	fieldsOf: (server: Server) => IDataObject,
): Subject {
	let servers = 0;
	return {
		name,
		use(server) {
			servers++;
			engine.credentials[credential] = fieldsOf(server) as Engine['credentials'][string];
		},
		async run(operation, fields, items = [{ json: {} }]) {
			const { outputs, errorOf } = await engine.run(
				{
					...node,
					parameters: parameters[operation](fields) as INode['parameters'],
					credentials: { [credential]: { id: `defects-${name}-${servers}`, name: 'S3' } },
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
	uploadFile: ({ bucket, key }) => ({
		...ourObject,
		operation: 'upload',
		bucket,
		key,
		source: 'binary',
		binaryPropertyName: 'data',
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
	search: ({ bucket, prefix, limit }) => ({
		...ourObject,
		operation: 'getMany',
		bucket,
		prefix,
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
	uploadFile: ({ bucket, key }) => ({
		resource: 'file',
		operation: 'upload',
		bucketName: bucket,
		fileName: key,
		binaryData: true,
		binaryPropertyName: 'data',
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
	search: ({ bucket, prefix, limit }) => ({
		resource: 'bucket',
		operation: 'search',
		bucketName: bucket,
		...many(limit),
		additionalFields: prefix === undefined ? {} : { prefix },
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
		'resilientS3Api',
		(server) => ({ ...server, region: 'us-east-1' }),
	);

/** The nodes of n8n itself; the engine must have loaded n8n-nodes-base. */
export const builtInS3 = (engine: Engine): Subject[] => [
	subject(
		engine,
		'n8n S3',
		{ type: 'n8n-nodes-base.s3', typeVersion: 1 },
		builtIn,
		's3',
		(server) => ({
			...server,
			region: 'us-east-1',
			forcePathStyle: true,
			ignoreSSLIssues: false,
		}),
	),
	subject(
		engine,
		'n8n AWS S3',
		{ type: 'n8n-nodes-base.awsS3', typeVersion: 2 },
		builtIn,
		'aws',
		({ endpoint, ...keys }) => ({
			...keys,
			region: 'us-east-1',
			customEndpoints: true,
			s3Endpoint: endpoint,
		}),
	),
];
