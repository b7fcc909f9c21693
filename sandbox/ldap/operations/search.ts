import { done, entryAnswer, referenceAnswer } from '../answers.ts';
import type { Context, Outcome } from '../context.ts';
import { findControl, Oid } from '../controls.ts';
import { distinguishedNameKey, isWithin, parseDn } from '../dn.ts';
import type { Entry } from '../entry.ts';
import { evaluate } from '../evaluate.ts';
import type { Control, SearchRequest } from '../message.ts';
import { ResultCode } from '../refusal.ts';
import { selectAttributes, viewerOf } from '../view.ts';
import { candidates } from './candidates.ts';
import { dirSync } from './dirSync.ts';
import { notify } from './notification.ts';
import type { Cursors } from './paging.ts';
import { persistentSearch } from './persistentSearch.ts';
import { sortEntries } from './sorting.ts';
import { synchronize } from './sync.ts';

/** Searches that a control makes something else of. */
const special: Record<string, typeof synchronize> = {
	[Oid.syncRequest]: synchronize,
	[Oid.persistentSearch]: persistentSearch,
	[Oid.notification]: notify,
	[Oid.dirSync]: dirSync,
};

/** RFC 4511 section 4.5. */
export async function search(
	request: SearchRequest,
	context: Context,
	cursors: Cursors<Entry>,
): Promise<Outcome> {
	const { service, session, controls } = context;
	const { personality } = service;
	for (const [oid, run] of Object.entries(special)) {
		const control = findControl(controls, oid);
		if (control) return await run(request, context, control);
	}
	const startedAt = Date.now();
	const page = cursors.read(controls);
	// A page of no entries ends the search of the cookie (RFC 2696 section 3).
	if (page?.rest && page.size === 0) return { result: done(), controls: [cursors.answer([])] };
	const viewer = viewerOf(service, session);
	let found = page?.rest;
	let sorted: Control[] = [];
	if (!found) {
		personality.checkSearch(session.actor, request.base, request.scope);
		const { filter } = request;
		found = candidates(request, context).filter(
			(entry) =>
				// The root DSE of Active Directory is of no class and found by it all the same.
				(entry.dn.key === '' && filter.type === 'present') ||
				evaluate(filter, entry, viewer) === true,
		);
		sorted = sortEntries(found, controls, viewer);
	}
	const limits = limitsOf(request, page?.size, context);
	const sent = found.slice(0, limits.most);
	for (const entry of sent) {
		const attributes = selectAttributes(entry, request, service, viewer);
		await context.send(entryAnswer(entry.dn.text, attributes));
		if (context.signal.aborted) return { result: done() };
		if (request.timeLimit > 0 && Date.now() - startedAt > request.timeLimit * 1000) {
			return { result: done(ResultCode.timeLimitExceeded) };
		}
	}
	const rest = found.slice(limits.most);
	if (rest.length === 0) for (const url of references(request, context)) await context.send(url);
	const exceeded = rest.length > 0 && !limits.pages;
	return {
		result: done(exceeded ? ResultCode.sizeLimitExceeded : ResultCode.success),
		controls: [...sorted, ...(page ? [cursors.answer(exceeded ? [] : rest)] : [])],
	};
}

/** How many entries this answer may have, and whether the rest comes with the next page. */
function limitsOf(
	{ sizeLimit }: SearchRequest,
	pageSize: number | undefined,
	{ service: { personality } }: Context,
) {
	const asked = sizeLimit > 0 ? sizeLimit : Infinity;
	const most = Math.min(asked, personality.maxPageSize, pageSize || Infinity);
	return { most, pages: pageSize !== undefined && asked > most };
}

/** Where a search of a subtree goes on in other servers (RFC 4511 section 4.5.3). */
function references({ base, scope }: SearchRequest, { service, controls }: Context): Buffer[] {
	const { personality, referrals, directory } = service;
	if (scope === 'base') return [];
	const key = distinguishedNameKey(base, directory.schema);
	if (key === undefined) return [];
	const parts = findControl(controls, Oid.domainScope) ? [] : personality.otherParts;
	return [...referrals.values(), ...parts]
		.filter(({ dn }) => {
			const place = parseDn(dn, directory.schema);
			return scope === 'one' ? place.parentKey === key : isWithin(place.parentKey, key);
		})
		.map(({ dn, urls }) => {
			const own = scope === 'one' ? 'base' : 'sub';
			return referenceAnswer(urls.map((url) => `${url}/${encodeURI(dn)}??${own}`));
		});
}
