import type { Readable } from 'node:stream';
import { resources } from '../../nodes/Ldap/actions/resources';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import { WithFiles } from '../../nodes/shared/node/defineOperation';

/** What an operation gave: rows, and the files that it saved by their names. */
export interface Acted {
	rows: Array<Record<string, unknown>>;
	files: Map<string, Buffer>;
}

/**
 * Runs an operation of the node for one item, with the defaults of its form where nothing is given.
 * @param name such as "entry.search"
 * @param file of the item, in whichever field
 */
export async function act(
	ldap: LdapClient,
	name: string,
	input: object = {},
	file?: Buffer | string,
): Promise<Acted> {
	const [resource, value] = name.split('.');
	const operation = resources
		.find((one) => one.value === resource)
		?.operations.find((one) => one.value === value);
	if (!operation?.execute) throw new Error(`There is no operation ${name}`);
	const defaults = Object.fromEntries(
		(operation.properties as Array<{ name: string; default: unknown }>).map((property) => [
			property.name,
			plain(property.default),
		]),
	);
	const files = new Map<string, Buffer>();
	const output = await operation.execute(
		ldap,
		{ ...defaults, ...input },
		{
			open: async () => {
				if (file === undefined) throw new Error('It has no files');
				return await Promise.resolve({ content: Buffer.from(file), mimeType: '' });
			},
			save: async (body: Readable, { fileName = '', mimeType = '' }) => {
				files.set(fileName, Buffer.concat(await body.toArray()));
				return { data: '', fileName, mimeType };
			},
		},
	);
	const rows = [output].flat().map((row) => (row instanceof WithFiles ? row.row : row));
	return { rows: rows as Acted['rows'], files };
}

/** The only row of an operation. */
export async function actOnce(ldap: LdapClient, name: string, input: object = {}) {
	const { rows } = await act(ldap, name, input);
	expect(rows).toHaveLength(1);
	return rows[0] ?? {};
}

const plain = (value: unknown): unknown =>
	typeof value === 'object' && value !== null && 'mode' in value && 'value' in value
		? value.value
		: typeof value === 'string' && value === '{}'
			? {}
			: value;
