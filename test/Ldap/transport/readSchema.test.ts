import type { Attribute } from '../../../nodes/Ldap/transport/entry';
import { readSchema } from '../../../nodes/Ldap/transport/readSchema';
import type { Entries, Search } from '../../../nodes/Ldap/transport/search';
import { virtualClock } from '../../shared/virtualClock';

const CLASSES = ["( 2.5.6.0 NAME 'top' ABSTRACT )"];

/** A server with a schema entry, which counts how often the definitions were read. */
function serverOf({ subschema = 'cn=Subschema', stamp = '20260101000000Z' as string | undefined }) {
	const server = { stamp, reads: 0, isVisible: true, clock: virtualClock() };
	const attributesFor = ({ attributes = [] }: Search): Attribute[] => {
		if (!attributes.includes('attributeTypes'))
			return server.stamp === undefined
				? []
				: [{ type: 'modifyTimestamp', values: [Buffer.from(server.stamp)] }];
		server.reads++;
		const definition = Buffer.from(`( 1.${server.reads} NAME 'cn' )`);
		return [
			{ type: 'attributeTypes', values: [definition] },
			{ type: 'objectClasses', values: CLASSES.map((one) => Buffer.from(one)) },
		];
	};
	async function* search(wanted: Search): Entries {
		await Promise.resolve();
		if (server.isVisible && wanted.base === subschema && wanted.scope === 'base')
			yield [{ dn: subschema, attributes: attributesFor(wanted) }];
		return { referrals: [] };
	}
	const rootDse = async () =>
		await Promise.resolve({
			namingContexts: [],
			subschemaSubentry: subschema || undefined,
			supportedControl: new Set<string>(),
			supportedExtension: new Set<string>(),
			supportedFeatures: new Set<string>(),
			supportedCapabilities: new Set<string>(),
			supportedSASLMechanisms: [],
			attributes: [],
			vendor: 'other' as const,
		});
	return Object.assign(server, { client: { search, rootDse, clock: server.clock } });
}

let owners = 0;
const someone = () => `owner ${owners++}`;

test('is read once for all runs of a credential, until it changes', async () => {
	const server = serverOf({});
	const owner = someone();
	const first = await readSchema(server.client, owner);
	expect(first.attributeType('CN')?.oid).toBe('1.1');
	expect(await readSchema(server.client, owner)).toBe(first);
	expect(server.reads).toBe(1);
	server.stamp = '20260101000001Z';
	expect((await readSchema(server.client, owner)).attributeType('cn')?.oid).toBe('1.2');
	await readSchema(server.client, someone());
	expect(server.reads).toBe(3);
});

test('is read again after a while, since not every server says that it changed', async () => {
	const server = serverOf({});
	const owner = someone();
	await readSchema(server.client, owner);
	await server.clock.advance(600_000);
	await readSchema(server.client, owner);
	expect(server.reads).toBe(2);
});

test('is read each time where the server does not say when it changed', async () => {
	const server = serverOf({});
	server.stamp = undefined;
	const owner = someone();
	await readSchema(server.client, owner);
	await readSchema(server.client, owner);
	expect(server.reads).toBe(2);
});

test('of a server that has none, or shows none, nothing is known', async () => {
	expect((await readSchema(serverOf({ subschema: '' }).client, someone())).objectClasses).toEqual(
		[],
	);
	const hidden = serverOf({});
	hidden.isVisible = false;
	expect((await readSchema(hidden.client, someone())).objectClasses).toEqual([]);
});
