import type { INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { InvocableAction } from '../transport/process/invocable';
import { pageOf } from './pages';

/** Actions of a kind by a part of their label or name. */
export function pickActions(
	actions: InvocableAction[],
	kind: string,
	{ filter, after }: ListQuestion,
): INodeListSearchResult {
	const typed = filter.trim().toLowerCase();
	const found = actions
		.map(({ label, name, url }) => {
			// Those of an object have it in front of their name.
			const [, value = name] = (url ?? '').split(`/${kind}/`);
			return { name: label && label !== value ? `${label} (${value})` : value, value };
		})
		.filter(({ name }) => name.toLowerCase().includes(typed))
		.sort((a, b) => a.name.localeCompare(b.name, 'en', { sensitivity: 'base' }));
	return pageOf(found, after);
}
