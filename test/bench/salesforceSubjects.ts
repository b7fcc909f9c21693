import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { SalesforceSandbox } from '../../sandbox/salesforce/server.ts';
import type { Engine } from '../engine/engine';

interface FilterCondition {
	field: string;
	operator: 'equals' | 'notLike';
	value: string;
}

/** What each node can be asked, in words of its own; values may be expressions. */
interface Words {
	createLead: { lastName: string; company: string };
	upsertInvoice: { externalId: string; fields: Record<string, string> };
	query: { soql: string };
	find: { object: 'Account' | 'Contact'; condition: FilterCondition };
	upload: { record: string; fileName: string };
}

export interface Ended {
	rows: IDataObject[];
	error?: Error & { description?: string | null };
}

export interface Subject {
	name: string;
	run<K extends keyof Words>(
		operation: K,
		input: Words[K],
		org: SalesforceSandbox,
		items?: INodeExecutionData[],
		settings?: { retryOnFail?: boolean; stopOnError?: boolean },
	): Promise<Ended>;
}

interface Manner {
	name: string;
	type: string;
	credential: string;
	parameters: { [K in keyof Words]: (input: Words[K]) => IDataObject };
}

const byHand = (fields: Record<string, string>) => ({
	mappingMode: 'defineBelow',
	value: fields,
	schema: Object.keys(fields).map((id) => ({ id, displayName: id, type: 'string' })),
});

const ours: Manner = {
	name: 'n8n-nodes-resilient',
	type: 'n8n-nodes-resilient.salesforce',
	credential: 'resilientSalesforceOAuth2Api',
	parameters: {
		createLead: ({ lastName, company }) => ({
			...{ resource: 'record', operation: 'create', object: 'Lead' },
			fields: byHand({ LastName: lastName, Company: company }),
		}),
		upsertInvoice: ({ externalId, fields }) => ({
			...{ resource: 'record', operation: 'upsert', object: 'Invoice__c' },
			externalIdField: 'Number__c',
			externalIdValue: externalId,
			fields: byHand(fields),
		}),
		query: ({ soql }) => ({ resource: 'query', operation: 'run', soql }),
		find: ({ object, condition: { field, operator, value } }) => ({
			...{ resource: 'record', operation: 'getMany', object, returnAll: true },
			conditions: { rows: [{ field, operator, value }] },
		}),
		upload: ({ record, fileName }) => ({
			...{ resource: 'file', operation: 'upload', recordId: record },
			options: { fileName },
		}),
	},
};

const OPERATORS = { equals: 'equal', notLike: 'NOT LIKE' };

const theirs: Manner = {
	name: 'n8n-nodes-base Salesforce',
	type: 'n8n-nodes-base.salesforce',
	credential: 'salesforceOAuth2Api',
	parameters: {
		createLead: ({ lastName, company }) => ({
			...{ resource: 'lead', operation: 'create', company, lastname: lastName },
			additionalFields: {},
		}),
		upsertInvoice: ({ externalId, fields }) => ({
			...{ resource: 'customObject', operation: 'upsert', customObject: 'Invoice__c' },
			externalId: 'Number__c',
			externalIdValue: externalId,
			customFieldsUi: {
				customFieldsValues: Object.entries(fields).map(([fieldId, value]) => ({ fieldId, value })),
			},
			additionalFields: {},
		}),
		query: ({ soql }) => ({ resource: 'search', operation: 'query', query: soql }),
		find: ({ object, condition: { field, operator, value } }) => ({
			...{ resource: object.toLowerCase(), operation: 'getAll', returnAll: true },
			options: {
				conditionsUi: {
					conditionValues: [{ field, operation: OPERATORS[operator], value }],
				},
			},
		}),
		upload: ({ record, fileName }) => ({
			...{ resource: 'attachment', operation: 'create', name: fileName, parentId: record },
			binaryPropertyName: 'data',
			additionalFields: {},
		}),
	},
};

/** Our node and that of n8n, on the same engine. */
export const subjects = (engine: Engine): Subject[] =>
	[ours, theirs].map(({ name, type, credential, parameters }) => ({
		name,
		async run(
			operation,
			input,
			org,
			items = [{ json: {} }],
			{ retryOnFail = false, stopOnError = false } = {},
		) {
			engine.credentials[credential] = {
				myDomain: org.url,
				grantType: 'pkce',
				oauthTokenData: { access_token: org.accessToken(), instance_url: org.instanceUrl },
			};
			const node = {
				type,
				typeVersion: type.startsWith('n8n-nodes-base') ? 1.1 : 1,
				parameters: { authentication: 'oAuth2', ...parameters[operation](input) } as never,
				credentials: { [credential]: { id: credential, name: credential } },
				...(!stopOnError && { onError: 'continueRegularOutput' as const }),
				...(retryOnFail && { retryOnFail, maxTries: 3, waitBetweenTries: 100 }),
			};
			const { outputs, errorOf } = await engine.run(node, { items });
			const rows = (outputs('E')[0] ?? []).map(({ json }) => json);
			const said = rows.find((row) => row.error !== undefined)?.error;
			const error =
				errorOf('E') ?? (said === undefined ? undefined : new Error(JSON.stringify(said)));
			return { rows, ...(error && { error }) };
		},
	}));
