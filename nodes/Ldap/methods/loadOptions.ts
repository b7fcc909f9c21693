import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { answered, chosenIn } from '../../shared/node/editorList';
import { Failure } from '../../shared/resilience/failure';
import { requiredBy } from '../transport/checkEntry';
import type { LdapClient } from '../transport/client';
import type { AttributeType, ObjectClass, Schema } from '../transport/schema';
import { openEditorClient } from './openClient';

/** The methods behind the choices of the editor, all from the schema of the server. */
export const loadOptions = {
	/** All attributes; where object classes are chosen, those that they require and allow. */
	async getAttributes(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const classes = chosenIn(this, 'objectClasses');
		return await fromSchema(this, 'attributes', (schema) => {
			const chosen = Array.isArray(classes)
				? classes.flatMap((name) => schema.objectClass(String(name)) ?? [])
				: [];
			return chosen.length > 0
				? attributesOf(schema, chosen)
				: schema.attributeTypes.map((attribute) => option(attribute)).sort(byName);
		});
	},

	/** The classes that entries can be made of. */
	async getObjectClasses(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return await fromSchema(this, 'object classes', (schema) =>
			schema.objectClasses
				.filter(({ kind }) => kind !== 'abstract')
				.map((objectClass) => classOption(schema, objectClass))
				.sort(byName),
		);
	},
};

async function fromSchema(
	context: ILoadOptionsFunctions,
	what: string,
	options: (schema: Schema) => INodePropertyOptions[],
): Promise<INodePropertyOptions[]> {
	const words = { what, instead: 'write the names in an expression' };
	return await answered(context, openEditorClient, words, async (ldap: LdapClient) => {
		const schema = await ldap.schema();
		if (schema.attributeTypes.length === 0) throw schema.refusal ?? noneShown();
		return options(schema);
	});
}

const noneShown = () =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NO_SCHEMA',
		message: 'The server shows no schema to the user of the credential',
	});

/** What is required first. What the server sets itself is left out. */
function attributesOf(schema: Schema, classes: ObjectClass[]): INodePropertyOptions[] {
	const required = namedOnce(
		schema,
		classes.flatMap((one) => requiredBy(schema, one)),
	);
	const all = namedOnce(
		schema,
		classes.flatMap(({ must, may }) => [...must, ...may]),
	);
	const isRequired = new Set(required.map(({ names: [name] }) => name));
	return [
		...required.map((attribute) => option(attribute, ' (required)')).sort(byName),
		...all
			.filter(
				({ names: [name], noUserModification }) => !isRequired.has(name) && !noUserModification,
			)
			.map((attribute) => option(attribute))
			.sort(byName),
	];
}

/** A class may name an attribute whose definition the server does not show. */
const namedOnce = (schema: Schema, names: string[]): Named[] => [
	...new Set([...new Set(names)].map((name) => schema.attributeType(name) ?? { names: [name] })),
];

type Named = Pick<AttributeType, 'names'> & Partial<AttributeType>;

function option({ oid = '', names, description, singleValue }: Named, mark = '') {
	const [name = oid, ...others] = names;
	const also = others.length > 0 ? `Also called ${others.join(', ')}.` : '';
	const many = singleValue === true ? 'One value.' : '';
	return {
		name: `${name}${mark}`,
		value: name,
		description: [description && `${description}.`, also, many].filter(Boolean).join(' '),
	};
}

function classOption(schema: Schema, objectClass: ObjectClass) {
	const { oid, names, description, kind } = objectClass;
	const [name = oid] = names;
	const required = requiredBy(schema, objectClass);
	const needs = required.length > 0 ? `Requires ${required.join(', ')}.` : '';
	const said = [description && `${description}.`, kind === 'auxiliary' && 'Auxiliary.', needs];
	return { name, value: name, description: said.filter(Boolean).join(' ') };
}

const byName = (a: INodePropertyOptions, b: INodePropertyOptions): number =>
	a.name.localeCompare(b.name, 'en', { sensitivity: 'base' });
