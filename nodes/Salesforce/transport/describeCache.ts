import { Recent } from '../../shared/ground/recent';
import { Failure, invalidInput, toFailure } from '../../shared/resilience/failure';
import type { SalesforceClient, SalesforceRequest } from './client';
import { didYouMean, fieldNamed } from './describedNames';
import type { ObjectDescription, ObjectSummary } from './describe';
import { path } from './path';
import { readObject, readObjects, wholeObject } from './readDescribe';
import { SharedAnswer } from './sharedAnswer';

export interface Wanted {
	/** what is known longer is asked for again (the server says whether it has changed), in ms */
	freshMs?: number;
	/** where one of these fields is not known, the object is asked for again: it may be new */
	fields?: Iterable<string>;
}

// A description of a large object takes about 1 MB.
const MOST_OBJECTS = 100;
const MOST_ORGS = 20;
const FRESH_MS = 300_000;
/** Rights of the user change what is described as well, and "If-Modified-Since" knows only of the object. */
const WHOLE_MS = 3_600_000;

const objects = new Recent<SharedAnswer<ObjectDescription>>(MOST_OBJECTS);
const orgs = new Recent<SharedAnswer<ObjectSummary[]>>(MOST_ORGS);

/**
 * An object with its fields, as the user of the credential sees it. Known for all runs of the
 * credential in this process.
 * @param object its API name, in any case
 * @throws Failure that names objects that may have been meant
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
 */
export async function describeObject(
	client: SalesforceClient,
	object: string,
	{ freshMs = FRESH_MS, fields = [] }: Wanted = {},
): Promise<ObjectDescription> {
	const request = describing(object);
	const shared = objects.get(
		JSON.stringify([client.scope, await client.version(), object.toLowerCase()]),
		() => new SharedAnswer<ObjectDescription>(),
	);
	const get = async (fresh: number) =>
		await shared.get(client, request, readObject, { freshMs: fresh, wholeMs: WHOLE_MS });
	try {
		const known = await get(freshMs);
		const areAllThere = [...fields].every((name) => fieldNamed(known, name));
		return areAllThere ? known : await get(Math.min(freshMs, JUST_NOW_MS));
	} catch (error) {
		throw await unknownObject(client, object, toFailure(error));
	}
}

function describing(object: string): SalesforceRequest {
	if (object.trim() === '') throw invalidInput('The name of the object is empty');
	return {
		operation: 'Describe object',
		about: `object "${object}"`,
		path: path`/sobjects/${object}/describe`,
	};
}

/** Everything that the org says of an object, as it is now. Throws as `describeObject` does. */
export async function describeWhole(
	client: SalesforceClient,
	object: string,
): Promise<Record<string, unknown>> {
	try {
		return await client.call(describing(object), ({ json }) => wholeObject(json));
	} catch (error) {
		throw await unknownObject(client, object, toFailure(error));
	}
}

/** A run with a wrong field name in each row asks once, not for each row. */
const JUST_NOW_MS = 10_000;

/**
 * All objects of the org that the user of the credential may see.
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_describeGlobal.htm
 */
export async function describeGlobal(
	client: SalesforceClient,
	{ freshMs = FRESH_MS }: Pick<Wanted, 'freshMs'> = {},
): Promise<ObjectSummary[]> {
	const shared = orgs.get(
		JSON.stringify([client.scope, await client.version()]),
		() => new SharedAnswer<ObjectSummary[]>(),
	);
	const request = { operation: 'List objects', path: '/sobjects' };
	return await shared.get(client, request, readObjects, { freshMs, wholeMs: WHOLE_MS });
}

async function unknownObject(
	client: SalesforceClient,
	object: string,
	failure: Failure,
): Promise<Failure> {
	if (failure.code !== 'NOT_FOUND' && failure.code !== 'INVALID_TYPE') return failure;
	// The failure stands, whether there is a list or not.
	const known = await describeGlobal(client).catch(() => []);
	return new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: failure.code,
		status: failure.status,
		message: `There is no object "${object}" that the user of the credential can see`,
		hint: `${didYouMean(object, known)}Custom objects end in "__c". Otherwise check the object permissions of the user.`,
		cause: failure,
	});
}
