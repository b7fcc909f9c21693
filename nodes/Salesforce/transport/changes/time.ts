import { Failure } from '../../../shared/resilience/failure';
import type { SalesforceClient } from '../client';

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 3_600_000;

/**
 * "2026-11-26T03:22:38.000+0000", as Salesforce writes it: ms since 1970.
 * @returns `undefined` where it is no time
 */
export function timeOf(value: unknown): number | undefined {
	const at = typeof value === 'string' ? Date.parse(value) : NaN;
	return Number.isNaN(at) ? undefined : at;
}

/** A time as SOQL writes it. */
export const soqlTime = (at: number): string => new Date(at).toISOString();

/** A time as the resources "updated" and "deleted" take it: whole minutes, for they ignore seconds. */
export const replicationTime = (at: number): string =>
	`${new Date(floorToMinute(at)).toISOString().slice(0, 19)}+00:00`;

export const floorToMinute = (at: number): number => Math.floor(at / MINUTE_MS) * MINUTE_MS;

/** What time it was at the org when it answered. Its records are stamped by its clock, never by ours. */
export function serverTime(headers: Record<string, string>): number {
	const at = timeOf(headers.date);
	if (at !== undefined) return at;
	throw new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_DATE',
		message: 'The answer of the org has no "Date" header',
		hint: 'A proxy between n8n and Salesforce takes it out: let it pass, since changes are counted by the clock of the org.',
	});
}

/** What time it is at the org, in whole seconds. */
export const timeAt = async (client: SalesforceClient): Promise<number> =>
	await client.call({ operation: 'Get time', path: '/services/data' }, ({ headers }) =>
		serverTime(headers),
	);
