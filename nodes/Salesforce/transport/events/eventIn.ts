import { fingerprint } from '../../../shared/ground/fingerprint';
import type { ChangeHeader, ReceivedEvent } from './subscription';

interface Around {
	/** "EventUuid"; '': it has none */
	id: string;
	replayId: string;
	position: string;
	/** names of fields, where they are given in a shorter form */
	names?: (fields: string[]) => string[];
}

/** An event, from what its topic has published. */
export function eventIn(payload: Record<string, unknown>, around: Around): ReceivedEvent {
	const { id, replayId, position, names = (fields) => fields } = around;
	const { ChangeEventHeader: header, ...fields } = payload;
	const own = { id: id || fingerprint([replayId, payload]).slice(0, 32), replayId, position };
	if (!isObject(header)) return { ...own, at: timeOf(fields.CreatedDate), fields };
	const isUpdate = header.changeType === 'UPDATE';
	// The Streaming API of older versions does not name them: it leaves out what was not changed.
	const changed = header.changedFields ?? (isUpdate ? namesIn(fields) : []);
	const nulled =
		header.nulledFields ?? (isUpdate ? namesIn(fields, (value) => value === null) : []);
	const change: ChangeHeader = {
		...header,
		entityName: String(header.entityName ?? ''),
		recordIds: textsIn(header.recordIds),
		changeType: String(header.changeType ?? ''),
		commitTimestamp: Number(header.commitTimestamp ?? 0),
		changedFields: names(textsIn(changed)),
		nulledFields: names(textsIn(nulled)),
		diffFields: names(textsIn(header.diffFields)),
	};
	return { ...own, at: change.commitTimestamp || undefined, header: change, fields };
}

/** Names of fields, and of parts of compound ones. */
const namesIn = (
	fields: Record<string, unknown>,
	which: (value: unknown) => boolean = () => true,
): string[] =>
	Object.entries(fields).flatMap(([name, value]) =>
		isObject(value)
			? namesIn(value, which).map((part) => `${name}.${part}`)
			: which(value)
				? [name]
				: [],
	);

function timeOf(date: unknown): number | undefined {
	const ms = typeof date === 'number' ? date : Date.parse(String(date));
	return Number.isFinite(ms) ? ms : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const textsIn = (value: unknown): string[] =>
	Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
