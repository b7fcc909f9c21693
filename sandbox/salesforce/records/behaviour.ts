import type { ObjectType } from '../schema/objectType.ts';
import type { Row, Value } from '../store/row.ts';
import type { WriteContext } from './context.ts';

/** What an object does by itself, beyond keeping values. */
export interface Behaviour {
	/** May change the values about to be written. `row`: the record as it is, when there is one. */
	beforeWrite?(context: WriteContext, values: Record<string, Value>, row: Row | undefined): void;
	afterCreate?(context: WriteContext, row: Row): void;
}

const behaviours = new Map<string, Behaviour>();

/** Sets what an object does by itself. */
export function behave(object: string, behaviour: Behaviour): void {
	behaviours.set(object, behaviour);
}

export function beforeWrite(
	context: WriteContext,
	{ name }: ObjectType,
	values: Record<string, Value>,
	row: Row | undefined,
): void {
	behaviours.get(name)?.beforeWrite?.(context, values, row);
}

export function afterCreate(context: WriteContext, { name }: ObjectType, row: Row): void {
	behaviours.get(name)?.afterCreate?.(context, row);
}
