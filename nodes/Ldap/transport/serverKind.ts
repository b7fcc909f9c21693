import type { RootDse } from './client';
import { valuesIn } from './readEntry';
import { levelName } from './rootDseRow';

/** What kind of server it is, in its own words where it has some: "Active Directory, dc1.example.com". */
export function serverKind({ vendor, attributes }: RootDse): string {
	const value = (name: string) => valuesIn(attributes, name)[0]?.toString() ?? '';
	const named = [value('vendorName'), value('vendorVersion')].filter(Boolean).join(' ');
	if (vendor !== 'activeDirectory') return named || (vendor === 'openLdap' ? 'OpenLDAP' : '');
	const level = levelName(value('domainControllerFunctionality'));
	const catalog = value('isGlobalCatalogReady') === 'TRUE' ? 'global catalog' : '';
	return ['Active Directory', named, value('dnsHostName'), level && `level ${level}`, catalog]
		.filter(Boolean)
		.join(', ');
}
