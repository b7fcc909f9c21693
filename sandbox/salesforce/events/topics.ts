import type { ObjectType } from '../schema/objectType.ts';
import type { Schema } from '../schema/schema.ts';
import { allChanges } from './bus.ts';
import { changeEventName, changeSchema, platformSchema, type EventSchema } from './eventSchema.ts';

export interface Topic {
	/** "/event/Order__e", "/data/AccountChangeEvent" */
	name: string;
	kind: 'platform' | 'change';
	object: ObjectType;
}

/** The objects that have change events unless the org selects others. */
export const usuallySelected = ['Account', 'Contact', 'Lead', 'Opportunity', 'Case', 'Invoice__c'];

/** What can be subscribed to, and what its events look like. */
export class Topics {
	/** Names of the objects that are selected for Change Data Capture. */
	readonly selected: Set<string>;
	private readonly schema: Schema;
	private readonly made = new WeakMap<ObjectType, { fields: number; schema: EventSchema }>();
	/** Events keep the schema they were published with, so none is forgotten. */
	private readonly byId = new Map<string, EventSchema>();

	constructor(schema: Schema, selected: readonly string[]) {
		this.schema = schema;
		this.selected = new Set(selected);
	}

	/** The topic of that name. The channel of all changes is none. */
	find(name: string): Topic | undefined {
		const [, root, event = ''] = name.split('/');
		if (root === 'event' && /__e$/i.test(event)) {
			const object = this.schema.get(event);
			return object && { name: `/event/${object.name}`, kind: 'platform', object };
		}
		if (root !== 'data') return undefined;
		const object = this.schema.get(
			event.replace(/__ChangeEvent$/i, '__c').replace(/ChangeEvent$/i, ''),
		);
		return object && this.changesOf(object);
	}

	/** The topic of an object's changes, if they are captured. */
	changesOf(object: ObjectType): Topic | undefined {
		if (!this.selected.has(object.name)) return undefined;
		return { name: `/data/${changeEventName(object.name)}`, kind: 'change', object };
	}

	/** Whether somebody may subscribe to it. */
	exists = (channel: string): boolean => channel === allChanges || this.find(channel) !== undefined;

	/** What the events of a topic look like now. */
	schemaOf({ kind, object }: Topic): EventSchema {
		const known = this.made.get(object);
		if (known?.fields === object.fields.length) return known.schema;
		const schema = kind === 'change' ? changeSchema(object) : platformSchema(object);
		this.made.set(object, { fields: object.fields.length, schema });
		this.byId.set(schema.id, schema);
		return schema;
	}

	schemaById = (id: string): EventSchema | undefined => this.byId.get(id);
}
