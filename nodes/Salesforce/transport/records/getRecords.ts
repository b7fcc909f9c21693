import { pump } from '../../../shared/ground/pump';
import { Failure, stopsAll, toFailure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';
import { describeObject } from '../describeCache';
import { unreadable } from '../failure';
import { path, withQuery } from '../path';
import type { Row } from '../query/records';
import { plainRow } from '../query/records';
import { shortId } from './record';

/** A record to be read: by its ID, or by an external ID. */
export interface Wanted {
	object: string;
	id?: string;
	externalId?: { field: string; value: string };
	/** API names; empty: all that the user may see */
	fields: string[];
}

/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm */
const MOST_RECORDS = 2_000;
const FEWEST_RECORDS = 50;
/** So large is an answer that anybody would wait for. */
const MOST_VALUES = 20_000;
/** Fewer records are not worth asking what fields they have. */
const WORTH_DESCRIBING = 5;
// The limiter has the last word.
const AT_ONCE = 10;

type Found = Row | Failure;

/**
 * Reads records; those of the same object with the same fields together.
 * @returns each record or why it cannot be read, in order
 */
export async function getRecords(client: SalesforceClient, wanted: Wanted[]): Promise<Found[]> {
	const found: Found[] = [];
	let stop: Failure | undefined;
	const tasks = await tasksOf(client, wanted);
	const work = async (n: number) => {
		const { places, get } = tasks[n] ?? { places: [], get: async () => [] };
		const results = stop
			? places.map(() => stop?.inPhase('notSent'))
			: await get().catch((error) => places.map(() => toFailure(error)));
		places.forEach((place, at) => (found[place] = results[at] ?? missing(wanted[place])));
		stop ??= results.filter((one) => one instanceof Failure).find(stopsAll);
	};
	await pump(tasks.length, AT_ONCE, work, () => client.signal.aborted);
	return wanted.map((one, place) => found[place] ?? missing(one));
}

interface Task {
	places: number[];
	get(): Promise<Array<Found | undefined>>;
}

async function tasksOf(client: SalesforceClient, wanted: Wanted[]): Promise<Task[]> {
	const tasks: Task[] = [];
	const alone = (place: number) => {
		const one = wanted[place];
		if (one) tasks.push({ places: [place], get: async () => [await getAlone(client, one)] });
	};
	const groups = Map.groupBy(wanted.keys(), (place) => {
		const { object, id, fields } = wanted[place] ?? {};
		return id === undefined ? '' : JSON.stringify([object?.toLowerCase(), fields]);
	});
	for (const [name, places] of groups) {
		const [first] = places.map((place) => wanted[place]);
		const fields = name === '' || !first ? undefined : await fieldsOf(client, first, places.length);
		if (!first || !fields || places.length === 1) places.forEach(alone);
		else {
			const size = Math.floor(MOST_VALUES / Math.max(1, fields.length));
			const most = Math.min(MOST_RECORDS, Math.max(FEWEST_RECORDS, size));
			for (let at = 0; at < places.length; at += most) {
				const some = places.slice(at, at + most);
				const ids = some.map((place) => wanted[place]?.id ?? '');
				tasks.push({ places: some, get: () => getTogether(client, first.object, ids, fields) });
			}
		}
	}
	return tasks;
}

/** @returns undefined where the records are better read one by one */
async function fieldsOf(
	client: SalesforceClient,
	{ object, fields }: Wanted,
	count: number,
): Promise<string[] | undefined> {
	if (fields.length > 0) return fields;
	if (count < WORTH_DESCRIBING) return undefined;
	const known = await describeObject(client, object).catch(() => undefined);
	// The address of a file's content is given for a single record only.
	if (!known || known.fields.some(({ type }) => type === 'base64')) return undefined;
	return known.fields.map(({ name }) => name);
}

async function getAlone(client: SalesforceClient, one: Wanted): Promise<Row> {
	const { object, id = '', externalId, fields } = one;
	const to = externalId
		? path`/sobjects/${object}/${externalId.field}/${externalId.value}`
		: path`/sobjects/${object}/${id}`;
	const request = {
		operation: 'Get record',
		about: nameOf(one),
		path: withQuery(to, { fields: fields.length > 0 ? fields.join(',') : undefined }),
	};
	return await client.call(request, ({ json }) => plainRow(rowIn(json)));
}

const nameOf = ({ object, id = '', externalId }: Wanted) =>
	externalId ? `${object} with ${externalId.field} "${externalId.value}"` : `${object} "${id}"`;

async function getTogether(
	client: SalesforceClient,
	object: string,
	ids: string[],
	fields: string[],
): Promise<Array<Found | undefined>> {
	const request = {
		operation: 'Get records',
		about: `${ids.length} records of ${object}`,
		method: 'POST' as const,
		path: path`/composite/sobjects/${object}`,
		json: { ids: [...new Set(ids)], fields: withId(fields) },
		repeatable: true,
	};
	try {
		return await client.call(request, ({ status, json }) => {
			if (!Array.isArray(json))
				throw unreadable(status, JSON.stringify(json) ?? '', 'no list of records');
			const rows = json.map(rowIn);
			const byId = new Map(rows.map((row) => [shortId(idOf(row)), row]));
			return ids.map((id) => {
				const row = byId.get(shortId(id));
				return row && plainRow(row);
			});
		});
	} catch (error) {
		// One of the IDs is none of this object: the others can be read.
		if (!OF_ONE.has(toFailure(error).code)) throw error;
		const one = async (id: string) =>
			await getAlone(client, { object, id, fields }).catch(toFailure);
		return await Promise.all(ids.map(one));
	}
}

/** As for a single record, where it always comes. */
const withId = (fields: string[]) =>
	fields.some((field) => field.toLowerCase() === 'id') ? fields : ['Id', ...fields];

const OF_ONE = new Set(['MALFORMED_ID', 'INVALID_ID_FIELD', 'NOT_FOUND', 'ENTITY_IS_DELETED']);

/** The ID stands in the address as well, where it is not among the fields. */
function idOf({ Id, attributes }: Row): string {
	if (typeof Id === 'string') return Id;
	const url: unknown =
		typeof attributes === 'object' && attributes && Reflect.get(attributes, 'url');
	return typeof url === 'string' ? url.slice(url.lastIndexOf('/') + 1) : '';
}

const rowIn = (json: unknown): Row =>
	typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {};

const missing = (one: Wanted | undefined) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NOT_FOUND',
		message: `There is no ${one ? nameOf(one) : 'such record'}, or the user may not see it`,
		hint: 'Check the ID and the object, and the sharing of the record.',
	});
