import { readSequence } from './ber.ts';
import type { Session } from './context.ts';
import { findControl, Oid } from './controls.ts';
import { filterText } from './filter.ts';
import type { Message, Operation, SearchRequest } from './message.ts';

/** A request as it arrived, and what came of it. No values of attributes and no passwords. */
export interface RecordedRequest {
	/** Counts the connections of the server from 1. */
	connection: number;
	/** message ID */
	id: number;
	operation: Operation['type'];
	/** DN of who was bound; "" for nobody */
	boundAs: string;
	encrypted: boolean;
	/** OIDs */
	controls: string[];
	/** DN the request is about; of a bind the name */
	dn?: string;
	search?: Omit<SearchRequest, 'type' | 'filter' | 'base'> & { filter: string; pageSize?: number };
	/** of an extended operation */
	oid?: string;
	/** names of the attributes of an add, a modify or a compare */
	attributes?: string[];
	/** kind of the fault that hit it */
	fault?: string;
	/** result code of the operation; absent while there is none */
	code?: number;
}

export function recordOf(
	{ id, operation, controls }: Message,
	connection: number,
	{ actor, encrypted }: Session,
): RecordedRequest {
	return {
		connection,
		id,
		operation: operation.type,
		boundAs: actor.dn,
		encrypted,
		controls: controls.map(({ oid }) => oid),
		...details(operation, pageSizeOf(controls)),
	};
}

function details(operation: Operation, pageSize: number | undefined): Partial<RecordedRequest> {
	switch (operation.type) {
		case 'bind':
			return { dn: operation.name };
		case 'search': {
			const { type: _type, base, filter, ...search } = operation;
			return { dn: base, search: { ...search, filter: filterText(filter), pageSize } };
		}
		case 'add':
			return { dn: operation.dn, attributes: operation.attributes.map(({ type }) => type) };
		case 'modify':
			return { dn: operation.dn, attributes: operation.changes.map(({ type }) => type) };
		case 'compare':
			return { dn: operation.dn, attributes: [operation.attribute] };
		case 'delete':
		case 'modifyDn':
			return { dn: operation.dn };
		case 'extended':
			return { oid: operation.oid };
		default:
			return {};
	}
}

function pageSizeOf(controls: Message['controls']): number | undefined {
	const value = findControl(controls, Oid.pagedResults)?.value;
	return value && readSequence(value).integer();
}
