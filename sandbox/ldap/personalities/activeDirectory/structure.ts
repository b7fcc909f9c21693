import { Fields, type Entry } from '../../entry.ts';
import { misplaced } from './words.ts';
import { schema } from './schema.ts';

interface Place {
	/** the attribute its name is made of */
	rdn: string;
	/** classes of entries it may stand in */
	superiors: string[];
}

const folders = ['container', 'organizationalUnit', 'domainDNS'];

/** Where entries of a class may be, and how they are named (MS-ADSC). */
const places: Record<string, Place> = {
	user: { rdn: 'cn', superiors: [...folders, 'builtinDomain'] },
	inetOrgPerson: { rdn: 'cn', superiors: folders },
	contact: { rdn: 'cn', superiors: folders },
	computer: { rdn: 'cn', superiors: folders },
	group: { rdn: 'cn', superiors: [...folders, 'builtinDomain'] },
	organizationalUnit: {
		rdn: 'ou',
		superiors: ['country', 'organization', 'organizationalUnit', 'domainDNS'],
	},
	container: { rdn: 'cn', superiors: folders },
	groupOfNames: { rdn: 'cn', superiors: folders },
	builtinDomain: { rdn: 'cn', superiors: ['domainDNS'] },
	foreignSecurityPrincipal: {
		rdn: 'cn',
		superiors: ['container'],
	},
	country: { rdn: 'c', superiors: ['domainDNS', 'organization'] },
	locality: { rdn: 'l', superiors: folders },
	organization: { rdn: 'o', superiors: ['domainDNS', 'locality'] },
};

/** @throws {Refusal} namingViolation */
export function checkPlace(entry: Entry, className: string, parent: Entry | undefined): void {
	const place = places[className];
	const [assertion, more] = entry.dn.rdns[0]?.assertions ?? [];
	const named = schema.attribute(assertion?.type ?? '') === schema.attribute(place?.rdn ?? '');
	if (!place || !named || more || !parent) throw misplaced(entry.dn.text);
	const above = new Fields(parent, schema).all('objectClass').at(-1) ?? '';
	if (!place.superiors.includes(above)) throw misplaced(parent.dn.text);
}
