import { readName, findEntry, type Context } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import { isWithin } from '../dn.ts';
import { Fields, type Entry } from '../entry.ts';
import { evaluate } from '../evaluate.ts';
import type { SearchRequest } from '../message.ts';
import { rootDse, subschema } from '../rootDse.ts';
import { viewerOf } from '../view.ts';
import { checkAssertion } from './entryControls.ts';

/** The entries of the scope. @throws {Refusal} when the base is not there */
export function candidates(request: SearchRequest, context: Context): Entry[] {
	const { service, controls } = context;
	const { directory, personality } = service;
	const special = personality.findSpecial(request.base, directory);
	const name = special?.dn ?? readName(request.base, service);
	if (name.key === '' && request.scope === 'base') return [rootDse(service)];
	const schemaKey = readName(personality.subschemaDn, service).key;
	if (name.key === schemaKey && request.scope === 'base') return [subschema(service)];
	// Only Active Directory searches all it has from the root.
	const atRoot = name.key === '' && personality.name === 'activeDirectory';
	const base = atRoot ? undefined : findEntry(request.base, service, 'read');
	if (base) checkAssertion(base, context);
	const { key } = base?.dn ?? name;
	const deleted = [Oid.showDeleted, Oid.showRecycled].some((oid) => findControl(controls, oid));
	return [...scopeOf(request.scope, key, context)].filter(
		(entry) => deleted || !isDeleted(entry, context),
	);
}

function* scopeOf(scope: SearchRequest['scope'], key: string, { service }: Context) {
	const { directory } = service;
	const base = directory.get(key);
	if (base && (scope === 'base' || scope === 'subtree')) yield base;
	if (scope === 'one') yield* directory.children(key);
	if (scope === 'subtree' || scope === 'children') yield* directory.descendants(key);
}

export const isDeleted = (entry: Entry, { service: { directory } }: Context) =>
	new Fields(entry, directory.schema).has('isDeleted', 'TRUE');

/** Whether a search finds an entry, in one of its states. */
export function matcherOf(
	request: SearchRequest,
	{ service, session }: Context,
): (entry: Entry | undefined) => boolean {
	const viewer = viewerOf(service, session);
	const { key } = findEntry(request.base, service, 'read').dn;
	const inScope: Record<SearchRequest['scope'], (entry: Entry) => boolean> = {
		base: ({ dn }) => dn.key === key,
		one: ({ dn }) => dn.parentKey === key && dn.key !== '',
		subtree: ({ dn }) => isWithin(dn.key, key),
		children: ({ dn }) => dn.key !== key && isWithin(dn.key, key),
	};
	return (entry) =>
		entry !== undefined &&
		inScope[request.scope](entry) &&
		evaluate(request.filter, entry, viewer) === true;
}
