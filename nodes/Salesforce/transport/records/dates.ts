import { setImmediate as turn } from 'node:timers/promises';
import { hasJsonForm } from '../../../shared/ground/jsonForm';
import type { SalesforceClient } from '../client';
import { describeObject } from '../describeCache';
import { fieldNamed } from '../describedNames';
import type { RecordRow } from './record';

const ROWS_PER_TURN = 1_000;
const MOMENT = /^\d{4}-\d{2}-\d{2}T/;

/**
 * Fields that hold a day are refused where they are given a moment, which is what dates in n8n are:
 * they get the day of it, in the zone in which it is written. Which fields these are is asked for only
 * where there is such a value.
 */
export async function withDays(client: SalesforceClient, rows: RecordRow[]): Promise<RecordRow[]> {
	const found = new Map<string, Set<string>>();
	for (const [n, { object, fields }] of rows.entries()) {
		if (n % ROWS_PER_TURN === 0) await turn();
		for (const name in fields)
			if (dayOf(fields[name]) !== undefined)
				found.set(object, (found.get(object) ?? new Set()).add(name));
	}
	const days = new Map<string, Set<string>>();
	for (const [object, names] of found) {
		// Where it cannot be described, the server says why when the record is written.
		const known = await describeObject(client, object).catch(() => undefined);
		const isDay = (name: string) => known && fieldNamed(known, name)?.type === 'date';
		days.set(object, new Set([...names].filter(isDay)));
	}
	if ([...days.values()].every((names) => names.size === 0)) return rows;
	return rows.map((row) => {
		const names = [...(days.get(row.object) ?? [])];
		const given = names.flatMap((name): Array<[string, string]> => {
			const day = dayOf(row.fields[name]);
			return day === undefined ? [] : [[name, day]];
		});
		return given.length > 0
			? { ...row, fields: { ...row.fields, ...Object.fromEntries(given) } }
			: row;
	});
}

function dayOf(value: unknown): string | undefined {
	if (typeof value === 'object' && value !== null && hasJsonForm(value))
		return dayOf(value.toJSON());
	return typeof value === 'string' && MOMENT.test(value) ? value.slice(0, 10) : undefined;
}
