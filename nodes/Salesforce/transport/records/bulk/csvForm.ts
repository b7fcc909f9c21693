import type { RecordRow, Verb } from '../record';
import type { Plain } from '../values';
import { isParent, plainFields } from '../values';

/** An empty cell leaves a field alone; this one empties it. */
export const EMPTIED = '#N/A';

/** https://developer.salesforce.com/docs/atlas.en-us.salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/salesforce_app_limits_platform_bulkapi.htm */
const MOST_CHARACTERS = 32_000;
const MOST_CHARACTERS_OF_ROW = 400_000;

/**
 * The cells of a record by the name of their column, or undefined where a CSV file of the Bulk API
 * cannot say it: the text "#N/A", texts above 32,000 characters, parents whose type must be named.
 * @throws Failure for a value that no field can hold
 */
export function cellsOf(verb: Verb, row: RecordRow): Map<string, string> | undefined {
	const { id, externalId } = row;
	const cells = new Map<string, string>();
	if (id !== undefined) cells.set('Id', id);
	if (externalId) cells.set(externalId.field, externalId.value);
	if (verb === 'delete') return cells;
	const leaveOut = externalId ? ['id', externalId.field.toLowerCase()] : ['id'];
	let length = 0;
	for (const [name, value] of plainFields(row, verb === 'create' ? [] : leaveOut)) {
		const cell = isParent(value) ? parentCell(name, value) : textOf(name, value);
		if (!cell || cell.text.length > MOST_CHARACTERS) return undefined;
		length += cell.text.length;
		cells.set(cell.column, cell.text);
	}
	return length > MOST_CHARACTERS_OF_ROW ? undefined : cells;
}

const textOf = (column: string, value: Exclude<Plain, object>) =>
	value === EMPTIED
		? undefined
		: { column, text: value === null || value === '' ? EMPTIED : String(value) };

/** https://developer.salesforce.com/docs/platform/api-asynch/guide/relationship-fields-in-a-header-row-2-0.html */
function parentCell(relation: string, parent: { [field: string]: Plain }) {
	const [[field, value] = [], ...others] = Object.entries(parent);
	if (field === undefined || value === undefined || others.length > 0) return undefined;
	if (isParent(value) || value === null) return undefined;
	return textOf(`${relation}.${field}`, value);
}

/** What a table of records looks like: its columns are those of any of them. */
export class Columns {
	/** as they are written, by their name in lower case */
	private readonly names = new Map<string, string>();

	add(cells: Map<string, string>): void {
		for (const name of cells.keys()) {
			const lower = name.toLowerCase();
			if (!this.names.has(lower)) this.names.set(lower, name);
		}
	}

	get header(): string[] {
		return [...this.names.values()];
	}

	/** The cells in the order of the columns; those that the record does not have are empty. */
	line(cells: Map<string, string>): string[] {
		const found = new Map([...cells].map(([name, text]) => [name.toLowerCase(), text]));
		return [...this.names.keys()].map((lower) => found.get(lower) ?? '');
	}
}
