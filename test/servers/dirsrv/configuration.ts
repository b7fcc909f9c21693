import { createHash } from 'node:crypto';

export interface DirsrvSettings {
	folder: string;
	port: number;
	tlsPort: number;
	base: string;
	admin: { dn: string; password: string };
	/** most entries a search of an ordinary user gives */
	sizeLimit: number;
	/** whether it offers RFC 4533, beside persistent searches */
	contentSync: boolean;
}

const BACKEND = 'userRoot';

const PLUGINS = ['MemberOf Plugin', 'referential integrity postoperation'];
const SYNC_PLUGINS = ['Retro Changelog Plugin', 'Content Synchronization'];

/**
 * dse.ldif.
 * @param template "template-dse.ldif" and "template-suffix-db.ldif" of the package, one after the other
 */
export function dirsrvConfiguration(template: string, settings: DirsrvSettings): string {
	const { folder, port, tlsPort, base, admin, sizeLimit, contentSync } = settings;
	const words: Record<string, string> = {
		schema_dir: `${folder}/schema`,
		...Object.fromEntries(
			['lock', 'tmp', 'cert', 'ldif', 'bak', 'run', 'inst', 'log', 'config', 'db', 'db_home'].map(
				(name) => [`${name}_dir`, folder],
			),
		),
		fqdn: 'localhost',
		ds_port: String(port),
		ds_user: process.getuid?.() === 0 ? 'root' : (process.env.USER ?? ''),
		rootdn: admin.dn,
		ds_passwd: hashed(admin.password),
		ldapi_enabled: 'off',
		ldapi: `${folder}/ldapi`,
		ldapi_autobind: 'off',
		ds_suffix: base,
		ds_bename: BACKEND,
		db_lib: 'bdb',
	};
	const filled = template
		.replace(/^#.*\n/gm, '')
		.replace(/%(\w+)%/g, (_, name: string) => words[name] ?? '')
		.replace(/\n{3,}/g, '\n\n');
	const enabled = [...PLUGINS, ...(contentSync ? SYNC_PLUGINS : [])].reduce(
		(text, plugin) => withLine(text, `${plugin},cn=plugins`, 'nsslapd-pluginenabled: on'),
		filled,
	);
	const lines = [
		'nsslapd-listenhost: 127.0.0.1',
		'nsslapd-securelistenhost: 127.0.0.1',
		'nsslapd-security: on',
		`nsslapd-securePort: ${tlsPort}`,
		`nsslapd-sizelimit: ${sizeLimit}`,
		'nsslapd-accesslog-logging-enabled: off',
		'passwordLockout: on',
		'passwordMaxFailure: 4',
		'passwordStorageScheme: SSHA512',
		'nsslapd-rootpwstoragescheme: SHA512',
	];
	const configured = lines.reduce((text, line) => withLine(text, 'config', line), enabled);
	// Every change on the disk before it is answered would make each ten times as slow.
	const database = 'config,cn=ldbm database,cn=plugins';
	return withLine(configured, database, 'nsslapd-db-durable-transaction: off');
}

/** It takes no password in the clear here. https://www.rfc-editor.org/rfc/rfc2307 section 5.3 */
const hashed = (password: string) =>
	`{SHA512}${createHash('sha512').update(password).digest('base64')}`;

/** One line of an entry "cn=<name>,cn=config", in place of the one that is there. */
function withLine(text: string, name: string, line: string): string {
	const dn = name === 'config' ? 'dn: cn=config\n' : `dn: cn=${name},cn=config\n`;
	const start = text.indexOf(dn);
	if (start < 0) throw new Error(`The template has no "${dn.trim()}"`);
	const end = text.indexOf('\n\n', start);
	const key = `${line.split(':')[0]?.toLowerCase()}:`;
	const kept = text
		.slice(start, end)
		.split('\n')
		.filter((other) => !other.toLowerCase().startsWith(key));
	return `${text.slice(0, start)}${[...kept, line].join('\n')}${text.slice(end)}`;
}

/** What is there before anybody adds something. */
export const dirsrvEntries = ({
	base,
	user,
}: {
	base: string;
	user: { uid: string; password: string };
}): string =>
	[
		[
			`dn: ${base}\nobjectClass: top\nobjectClass: domain\ndc: example\n`,
			'aci: (targetattr != "userPassword")(version 3.0; acl "Read"; allow (read, search, compare) userdn = "ldap:///all";)\n',
			'aci: (targetattr = "userPassword")(version 3.0; acl "Own password"; allow (write) userdn = "ldap:///self";)\n',
		].join(''),
		...['people', 'groups'].map(
			(name) =>
				`dn: ou=${name},${base}\nobjectClass: top\nobjectClass: organizationalUnit\nou: ${name}\n`,
		),
		`dn: uid=${user.uid},ou=people,${base}\nobjectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\nobjectClass: inetOrgPerson\nuid: ${user.uid}\ncn: Alice Liddell\nsn: Liddell\nuserPassword: ${user.password}\n`,
	].join('\n');
