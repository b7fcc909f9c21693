import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import type { ObjectSummary } from '../transport/describe';
import { describeGlobal } from '../transport/describeCache';
import { EDITOR_FRESH_MS } from './freshness';
import { pageOf } from './pages';

/** What an object must allow to be of use in an operation. */
export type Use = (object: ObjectSummary) => boolean;

/** Objects of the org by a part of their label or API name: what people know comes first. */
export async function pickObjects(
	client: SalesforceClient,
	use: Use,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const typed = filter.trim().toLowerCase();
	const found = (await describeGlobal(client, { freshMs: EDITOR_FRESH_MS }))
		.filter((object) => !object.deprecatedAndHidden && use(object))
		.flatMap((object) => {
			const rank = rankOf(object, typed);
			return rank === undefined ? [] : [{ object, rank }];
		})
		.sort((a, b) => a.rank - b.rank || byLabel(a.object, b.object))
		.map(({ object: { name, label } }) => ({
			name: label === name ? name : `${label} (${name})`,
			value: name,
		}));
	return pageOf(found, after);
}

/** @returns undefined where it is not what was typed */
function rankOf({ name, label, layoutable }: ObjectSummary, typed: string): number | undefined {
	const words = [label.toLowerCase(), name.toLowerCase()];
	const known = layoutable ? 0 : 1;
	if (typed === '') return known;
	if (words.includes(typed)) return known;
	if (words.some((word) => word.startsWith(typed))) return 2 + known;
	return words.some((word) => word.includes(typed)) ? 4 + known : undefined;
}

const byLabel = (a: ObjectSummary, b: ObjectSummary): number =>
	a.label.localeCompare(b.label, 'en', { sensitivity: 'base' }) || (a.name < b.name ? -1 : 1);
