/** One call of a program of OpenLDAP; `{base}` stands for the root of the directory. */
export interface Step {
	about: string;
	program: string;
	args?: string[];
	/** LDIF on the standard input */
	input?: string;
	/** name and password; [] for nobody */
	bind?: string[];
}

const lines = (...text: string[]) => `${text.join('\n')}\n`;

export const add = (about: string, dn: string, ...attributes: string[]): Step => ({
	about: `add: ${about}`,
	program: 'ldapadd',
	input: lines(`dn: ${dn}`, ...attributes),
});
export const modify = (about: string, dn: string, ...changes: string[]): Step => ({
	about: `modify: ${about}`,
	program: 'ldapmodify',
	input: lines(`dn: ${dn}`, 'changetype: modify', ...changes),
});
export const filter = (text: string): Step => ({
	about: `filter ${text}`,
	program: 'ldapsearch',
	args: ['-b', '{base}', text, '1.1'],
});
export const search = (about: string, ...args: string[]): Step => ({
	about: `search: ${about}`,
	program: 'ldapsearch',
	args,
});
export const call = (program: string, about: string, ...args: string[]): Step => ({
	about: `${program}: ${about}`,
	program,
	args,
});
export const as = (step: Step, ...bind: string[]): Step => ({
	...step,
	bind,
	about: `${step.about}, as ${bind[0] ?? 'nobody'}`,
});
export const person = (name: string, ...more: string[]) => [
	'objectClass: inetOrgPerson',
	`cn: ${name}`,
	`sn: ${name}`,
	...more,
];
