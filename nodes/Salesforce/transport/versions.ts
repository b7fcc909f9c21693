import { Recent } from '../../shared/ground/recent';
import { invalidInput } from './failure';

/** The newest version that this package was made for (Winter '27). */
export const NEWEST_KNOWN = 68;

export interface ApiVersion {
	/** "68.0" */
	version: string;
	/** "Winter '27" */
	label: string;
	/** "/services/data/v68.0" */
	url: string;
}

/** The answer to GET /services/data; empty where it is something else. */
export function versionsIn(json: unknown): ApiVersion[] {
	const rows: unknown[] = Array.isArray(json) ? json : [];
	return rows.flatMap((row) => {
		if (typeof row !== 'object' || row === null || !('version' in row)) return [];
		const version = String(row.version);
		const label = 'label' in row ? String(row.label) : '';
		return /^\d+\.\d$/.test(version) ? [{ version, label, url: `/services/data/v${version}` }] : [];
	});
}

/** "68.0": the newest that both sides know. */
export function newestCommon(versions: ApiVersion[]): string {
	const numbers = versions.map(({ version }) => Number(version)).filter((n) => n <= NEWEST_KNOWN);
	const newest = numbers.length > 0 ? Math.max(...numbers) : NEWEST_KNOWN;
	return newest.toFixed(1);
}

/**
 * "60", "60.0" and "v60.0" as "60.0"; undefined for an empty field.
 * @throws Failure for anything else
 */
export function fixedVersion(given: string | undefined): string | undefined {
	const text = given?.trim() ?? '';
	if (text === '') return undefined;
	const [, number] = /^v?(\d{2,3})(?:\.0)?$/i.exec(text) ?? [];
	if (number !== undefined) return `${number}.0`;
	throw invalidInput(`"API Version" is "${text}"`, 'Fill in a version such as 68.0, or nothing.');
}

const MOST_ORGS = 1_000;
/** by scope: what was negotiated in this process */
export const negotiated = new Recent<string>(MOST_ORGS);
