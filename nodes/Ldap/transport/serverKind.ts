import type { RootDse } from './client';
import { levelName } from './rootDseRow';

/** What kind of server it is, in its own words where it has some: "Active Directory, dc1.example.com". */
export function serverKind({ vendor, attributes }: RootDse): string {
	const value = (name: string) =>
		attributes.find(({ type }) => type.toLowerCase() === name)?.values[0]?.toString() ?? '';
	const named = [value('vendorname'), value('vendorversion')].filter(Boolean).join(' ');
	if (vendor !== 'activeDirectory') return named || (vendor === 'openLdap' ? 'OpenLDAP' : '');
	const level = levelName(value('domaincontrollerfunctionality'));
	const catalog = value('isglobalcatalogready') === 'TRUE' ? 'global catalog' : '';
	return ['Active Directory', named, value('dnshostname'), level && `level ${level}`, catalog]
		.filter(Boolean)
		.join(', ');
}
