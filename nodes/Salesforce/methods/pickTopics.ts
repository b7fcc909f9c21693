import type { INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import type { ListQuestion } from '../../shared/node/editorList';
import type { SalesforceClient } from '../transport/client';
import { describeGlobal } from '../transport/describeCache';
import { customChannels } from '../transport/events/channels';
import { EDITOR_FRESH_MS } from './freshness';
import { pageOf } from './pages';

/** Topics of the org: events, changes and channels, by a part of their label or name. */
export async function pickTopics(
	client: SalesforceClient,
	{ filter, after }: ListQuestion,
): Promise<INodeListSearchResult> {
	const objects = await describeGlobal(client, { freshMs: EDITOR_FRESH_MS });
	const events = objects.flatMap(({ name, label }): INodeListSearchItems[] => {
		if (name.endsWith('__e')) return [{ name: `${label} (${name})`, value: `/event/${name}` }];
		const [, object] = /^(.+?_?_?)ChangeEvent$/.exec(name) ?? [];
		if (object === undefined) return [];
		return [{ name: `Changes of ${changed(label, object)}`, value: `/data/${name}` }];
	});
	const channels = (await customChannels(client)).map(({ topic, label }) => ({
		...{ name: `Channel ${label}`, value: topic },
	}));
	const all = { name: 'Changes of All Selected Objects', value: '/data/ChangeEvents' };
	const typed = filter.trim().toLowerCase();
	const found = [all, ...channels, ...events.sort(byName)].filter(({ name, value }) =>
		`${name} ${value}`.toLowerCase().includes(typed),
	);
	return pageOf(found, after);
}

/** "Account Change Event" is that of "Account". */
const changed = (label: string, object: string) =>
	label.replace(/ ?Change Event$/i, '') || object.replace(/__$/, '');

const byName = (a: INodeListSearchItems, b: INodeListSearchItems) =>
	a.name.localeCompare(b.name, 'en', { sensitivity: 'base' });
