import { empty, json, type Answer } from '../answer.ts';
import { notFound } from '../errors.ts';
import type { Call, Route } from '../router.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted } from '../store/row.ts';

/** The object of a path. @throws ApiError NOT_FOUND */
export function objectOf({ org, params }: Call): ObjectType {
	const type = org.schema.get(params.object ?? '');
	if (!type) throw notFound();
	return type;
}

function summary(type: ObjectType, base: string) {
	const path = `${base}/sobjects/${type.name}`;
	const { name, label, labelPlural, keyPrefix, custom, createable, updateable, deletable } = type;
	const { queryable, searchable, replicateable, undeletable } = type;
	const event = name.endsWith('__e');
	return {
		activateable: false,
		associateEntityType: null,
		associateParentEntity: null,
		createable,
		custom,
		customSetting: false,
		deepCloneable: false,
		deletable,
		deprecatedAndHidden: false,
		feedEnabled: false,
		hasSubtypes: false,
		isInterface: false,
		isSubtype: false,
		keyPrefix,
		label,
		labelPlural,
		layoutable: !event,
		mergeable: ['Account', 'Contact', 'Lead', 'Case'].includes(name),
		mruEnabled: !event,
		name,
		queryable,
		replicateable,
		retrieveable: queryable,
		searchable,
		triggerable: true,
		undeletable,
		updateable,
		urls: {
			...(event && { eventSchema: `${path}/eventSchema` }),
			rowTemplate: `${path}/{ID}`,
			describe: `${path}/describe`,
			...(!event && { layouts: `${path}/describe/layouts` }),
			sobject: path,
		},
	};
}

function recordTypeInfos({ org, base }: Call, { name }: ObjectType) {
	const rows = org.store.rows('RecordType').filter(({ values }) => values.SobjectType === name);
	const path = `${base}/sobjects/${name}/describe/layouts`;
	const master = '012000000000000AAA';
	const info = (id: string, label: string, developerName: string, isMaster: boolean) => ({
		active: true,
		available: true,
		defaultRecordTypeMapping: rows.length === 0 ? isMaster : id === rows[0]?.id,
		developerName,
		master: isMaster,
		name: label,
		recordTypeId: id,
		urls: { layout: `${path}/${id}` },
	});
	return [
		...rows
			.filter((row) => !isDeleted(row))
			.map(({ id, values }) => info(id, String(values.Name), String(values.DeveloperName), false)),
		info(master, 'Master', 'Master', true),
	];
}

/** What `describe` tells of an object. */
function description(call: Call, type: ObjectType) {
	const { org, base } = call;
	const children = org.schema.children(type.name).map(({ child, field, name }) => ({
		cascadeDelete: field.cascadeDelete,
		childSObject: child.name,
		deprecatedAndHidden: false,
		field: field.name,
		junctionIdListNames: [],
		junctionReferenceTo: [],
		relationshipName: name,
		restrictedDelete: field.restrictedDelete,
	}));
	return {
		actionOverrides: [],
		childRelationships: children,
		compactLayoutable: true,
		defaultImplementation: null,
		extendedBy: null,
		extendsInterfaces: null,
		fields: type.fields.map(({ compute: _, childRelationship: __, ...shown }) => shown),
		implementedBy: null,
		implementsInterfaces: null,
		listviewable: null,
		lookupLayoutable: null,
		namedLayoutInfos: [],
		networkScopeFieldName: null,
		recordTypeInfos: recordTypeInfos(call, type),
		searchLayoutable: type.searchable,
		sobjectDescribeOption: 'FULL',
		supportedScopes: [
			{ label: `All ${type.labelPlural}`, name: 'everything' },
			{ label: `My ${type.labelPlural}`, name: 'mine' },
		],
		...summary(type, base),
	};
}

/**
 * The answer, or 304 when nothing has changed since the time that the client knows. Whole seconds.
 * https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_modified.htm
 */
function unlessUnchanged({ org, request }: Call, make: () => unknown): Answer {
	const changed = Math.floor(org.schemaChangedAt / 1000) * 1000;
	const headers = { 'last-modified': new Date(changed).toUTCString() };
	const known = Date.parse(request.headers['if-modified-since'] ?? '');
	if (known >= changed) return { ...empty(304), headers };
	return json(make(), 200, headers);
}

export const describeRoutes: Route[] = [
	{
		method: 'GET',
		path: '/sobjects',
		handle: (call) =>
			unlessUnchanged(call, () => ({
				encoding: 'UTF-8',
				maxBatchSize: 200,
				sobjects: call.org.schema.all().map((type) => summary(type, call.base)),
			})),
	},
	{
		method: 'GET',
		path: '/sobjects/:object',
		handle: (call) => {
			const type = objectOf(call);
			const rows = call.org.store.rows(type.name).slice(-5).reverse();
			return json({
				objectDescribe: summary(type, call.base),
				recentItems: rows.map(({ id }) => ({
					attributes: { type: type.name, url: `${call.base}/sobjects/${type.name}/${id}` },
					Id: id,
					...(type.nameField && { [type.nameField]: call.org.store.read(id)?.[type.nameField] }),
				})),
			});
		},
	},
	{
		method: 'GET',
		path: '/sobjects/:object/describe',
		handle(call) {
			const type = objectOf(call);
			return unlessUnchanged(call, () => description(call, type));
		},
	},
];
