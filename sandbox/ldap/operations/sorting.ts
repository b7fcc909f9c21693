import { enumerated, ProtocolError, readSequence, sequence } from '../ber.ts';
import { findControl, Oid } from '../controls.ts';
import type { Entry } from '../entry.ts';
import type { Viewer } from '../evaluate.ts';
import { compareKeys, matchKey } from '../matching.ts';
import type { Control } from '../message.ts';
import { Refusal, ResultCode } from '../refusal.ts';

/**
 * Sorts as a control asks for (RFC 2891); entries without the attribute come last.
 *
 * @returns the control of the answer, if any was asked for
 */
export function sortEntries(
	entries: Entry[],
	controls: readonly Control[],
	viewer: Viewer,
): Control[] {
	const control = findControl(controls, Oid.sortRequest);
	if (!control) return [];
	if (!control.value) throw new ProtocolError('sort control');
	const { schema } = viewer.directory;
	const keys = readSequence(control.value).all((reader) => {
		const parts = reader.into(0x30);
		const type = schema.attribute(parts.text());
		const rule = parts.optional(0x80)?.toString() ?? type?.ordering;
		return { type, rule, reverse: (parts.optional(0x81)?.[0] ?? 0) !== 0 };
	});
	const problem = keys.some(({ type }) => !type)
		? ResultCode.noSuchAttribute
		: keys.some(({ rule }) => rule === undefined)
			? ResultCode.inappropriateMatching
			: undefined;
	if (problem !== undefined && control.critical) throw new Refusal(problem);
	if (problem === undefined) {
		const sortable = new Map(
			entries.map((entry) => [entry, keys.map(({ type }) => type && lowest(entry, type, viewer))]),
		);
		entries.sort((one, other) => {
			for (const [at, { type, reverse }] of keys.entries()) {
				const [left, right] = [sortable.get(one)?.[at], sortable.get(other)?.[at]];
				if (left === right || !type) continue;
				if (left === undefined || right === undefined) return left === undefined ? 1 : -1;
				return compareKeys(type, left, right) * (reverse ? -1 : 1);
			}
			return 0;
		});
	}
	const code = problem ?? ResultCode.success;
	return [{ oid: Oid.sortResponse, critical: false, value: sequence(enumerated(code)) }];
}

function lowest(entry: Entry, type: Parameters<typeof matchKey>[0], viewer: Viewer) {
	const keys = viewer
		.read(entry, type, [])
		.flatMap(({ values }) => values.map((value) => matchKey(type, value, viewer.directory.schema)));
	return keys
		.filter((key) => key !== undefined)
		.sort((one, other) => compareKeys(type, one, other))[0];
}
