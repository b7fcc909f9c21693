export interface ApachedsSettings {
	port: number;
	tlsPort: number;
	/** of PKCS #12 */
	keyStore: string;
	keyStorePassword: string;
	/** most entries a search of an ordinary user gives */
	sizeLimit: number;
}

const LDAP_SERVER = 'ads-serverId=ldapServer,ou=servers,ads-directoryServiceId=default,ou=config';

/**
 * config.ldif.
 * @param template "config.ldif" of the package
 */
export function apachedsConfiguration(template: string, settings: ApachedsSettings): string {
	const { port, tlsPort, keyStore, keyStorePassword, sizeLimit } = settings;
	const transport = (id: string, itsPort: number) => [
		`ads-transportid=${id},ou=transports,${LDAP_SERVER}`,
		[`ads-systemport: ${itsPort}`, 'ads-transportaddress: 127.0.0.1'],
	];
	const lines = [
		transport('ldap', port),
		transport('ldaps', tlsPort),
		[
			LDAP_SERVER,
			[
				`ads-maxSizeLimit: ${sizeLimit}`,
				`ads-keystoreFile: ${keyStore}`,
				`ads-certificatePassword: ${keyStorePassword}`,
			],
		],
	] as Array<[string, string[]]>;
	return lines.reduce((text, [dn, some]) => withLines(text, dn, some), template);
}

/** Lines of one entry, in place of those that are there. */
function withLines(text: string, dn: string, lines: string[]): string {
	const start = text.indexOf(`dn: ${dn}\n`);
	if (start < 0) throw new Error(`The template has no "${dn}"`);
	const end = text.indexOf('\n\n', start);
	const nameOf = (line: string) => line.split(':')[0]?.toLowerCase();
	const ours = new Set(lines.map(nameOf));
	const kept = text
		.slice(start, end)
		.split('\n')
		.filter((line) => !ours.has(nameOf(line)));
	return `${text.slice(0, start)}${[...kept, ...lines].join('\n')}${text.slice(end)}`;
}

/** What is there before anybody adds something, beside the base. */
export const apachedsEntries = ({
	base,
	user,
}: {
	base: string;
	user: { uid: string; password: string };
}): string =>
	[
		...['people', 'groups'].map(
			(name) =>
				`dn: ou=${name},${base}\nobjectClass: top\nobjectClass: organizationalUnit\nou: ${name}\n`,
		),
		`dn: uid=${user.uid},ou=people,${base}\nobjectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: ${user.uid}\ncn: Alice Liddell\nsn: Liddell\nuserPassword: ${user.password}\n`,
	].join('\n');
