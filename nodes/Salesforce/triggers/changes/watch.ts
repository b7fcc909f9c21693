import { invalidInput } from '../../../shared/resilience/failure';
import type { Wanted } from '../../transport/changes/rows';
import type { SalesforceClient } from '../../transport/client';
import type { ObjectDescription } from '../../transport/describe';
import { describeObject } from '../../transport/describeCache';
import { fieldNamed, unknownField } from '../../transport/describedNames';
import { fieldPath } from '../../transport/query/names';
import type { EventKind } from './events';

/** What is watched, in the words of the user. */
export interface Watched {
	object: string;
	kinds: EventKind[];
	/** names or paths of the fields of an item; none: all */
	fields: string[];
	/** a change counts when one of these has another value; none: always */
	onlyChanged: string[];
	/** changes count that Salesforce makes by itself, and by which no user has modified a record */
	systemChanges: boolean;
	/** WHERE of SOQL; '': all records */
	condition: string;
	/** how late a record may become visible where the org does not tell */
	overlapMs: number;
}

/** The same, in the words of the org. */
export interface Watch {
	wanted: Wanted;
	wantedDeleted: Wanted;
	/** the org tells until when all changes are visible, and what was deleted */
	replicateable: boolean;
	overlapMs: number;
	onlyChanged: string[];
	systemChanges: boolean;
}

// A request each time, of those that the org counts.
const DESCRIBED_MS = 900_000;

// Their value is no value, but the address of one, or more than one row may have.
const NO_VALUES = new Set(['base64', 'complexvalue']);

/** @throws Failure invalid, where the object has not what is asked for */
export async function openWatch(client: SalesforceClient, watched: Watched): Promise<Watch> {
	const { condition, overlapMs, fields, onlyChanged, systemChanges } = watched;
	const plain = [...fields, ...onlyChanged].filter((name) => !name.includes('.'));
	const wantedOf = { freshMs: DESCRIBED_MS, fields: plain };
	const object = await describeObject(client, watched.object, wantedOf);
	const timeField = timeFieldOf(object, watched.kinds);
	const changing = onlyChanged.map((name) => nameIn(object, name));
	const dates = systemChanges ? ['CreatedDate'] : ['CreatedDate', 'LastModifiedDate'];
	const technical = ['Id', timeField, ...dates.flatMap((name) => present(object, name))];
	const read = fields.length > 0 ? fields.map((name) => nameIn(object, name)) : allOf(object);
	const wanted: Wanted = {
		...{ object: object.name, timeField, condition },
		fields: [...new Set([...technical, ...read, ...changing])],
	};
	// Which record it went into in a merge.
	const merged = present(object, 'MasterRecordId');
	return {
		wanted,
		wantedDeleted: { ...wanted, fields: [...new Set([...wanted.fields, ...merged])] },
		...{ replicateable: object.replicateable, overlapMs, onlyChanged: changing, systemChanges },
	};
}

function timeFieldOf(object: ObjectDescription, kinds: EventKind[]): string {
	const { name, queryable, replicateable } = object;
	const names = ['SystemModstamp', 'LastModifiedDate', 'CreatedDate'];
	const timeField = names.find((one) => {
		const field = fieldNamed(object, one);
		return field?.filterable && field.sortable;
	});
	if (!queryable || !timeField)
		throw invalidInput(
			`"Object" is ${name}, whose changes cannot be asked for`,
			'It is not queryable, or tells no time of its changes. Is there a Change Data Capture event for it?',
		);
	const hears = new Set(kinds);
	if (hears.has('created') && !fieldNamed(object, 'CreatedDate'))
		throw invalidInput(`${name} does not tell when a record was created`, 'Choose other events.');
	if (timeField === 'CreatedDate' && hears.has('updated'))
		throw invalidInput(`${name} does not tell when a record was updated`, 'Choose other events.');
	const tellsDeleted = replicateable || fieldNamed(object, 'IsDeleted');
	if (!tellsDeleted && (hears.has('deleted') || hears.has('undeleted')))
		throw invalidInput(`${name} does not tell what was deleted`, 'Choose other events.');
	return timeField;
}

const present = (object: ObjectDescription, name: string): string[] =>
	fieldNamed(object, name) ? [name] : [];

const allOf = ({ fields }: ObjectDescription): string[] =>
	fields.filter(({ type }) => !NO_VALUES.has(type)).map(({ name }) => name);

/** As the object spells it. */
function nameIn(object: ObjectDescription, name: string): string {
	if (name.includes('.')) return fieldPath(name);
	const field = fieldNamed(object, name);
	if (!field) throw unknownField(object, name);
	return field.name;
}
