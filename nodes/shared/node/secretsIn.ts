import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

/** The values of the fields that the editor shows as passwords, in collections as well. */
export function secretsIn(properties: readonly INodeProperties[], input: unknown): string[] {
	if (typeof input !== 'object' || input === null) return [];
	const values = new Map(Object.entries(input));
	return properties.flatMap((property) => {
		const value: unknown = values.get(property.name);
		if (property.typeOptions?.password) return typeof value === 'string' && value ? [value] : [];
		if (property.type === 'collection') {
			return secretsIn((property.options ?? []) as INodeProperties[], value);
		}
		if (property.type !== 'fixedCollection' || typeof value !== 'object' || value === null)
			return [];
		const groups = new Map(Object.entries(value));
		return ((property.options ?? []) as INodePropertyCollection[]).flatMap((group) =>
			[groups.get(group.name)].flat().flatMap((row: unknown) => secretsIn(group.values, row)),
		);
	});
}
