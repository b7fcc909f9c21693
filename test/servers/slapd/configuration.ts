export interface SlapdSettings {
	folder: string;
	base: string;
	admin: { dn: string; password: string };
	/** more "index" lines, such as "description eq" */
	indexes: string[];
	/** attributes no two entries may share a value of */
	unique: string[];
	/** most entries a search of an ordinary user gives */
	sizeLimit: number;
	/** more lines for the database */
	lines: string[];
	/** whether root DSE, schema and operational attributes are shown to nobody */
	hidesItself: boolean;
}

const SCHEMAS = ['core', 'cosine', 'inetorgperson', 'nis'];
const MODULES = ['back_mdb', 'memberof', 'refint', 'ppolicy', 'syncprov', 'sssvlv', 'unique'];

const HIDDEN_ROOT = `
access to dn.base="" by * none
access to dn.base="cn=Subschema" by * none
`;
// The administrator of a database is shown all that is in it.
const HIDDEN_ATTRIBUTES = `
access to attrs=userPassword by users write by anonymous auth by * none
access to attrs=entryUUID,entryCSN,entryDN,subschemaSubentry,structuralObjectClass,hasSubordinates,memberOf,createTimestamp,modifyTimestamp,creatorsName,modifiersName by * none
`;

/** slapd.conf. */
export const slapdConfiguration = (settings: SlapdSettings): string => {
	const { folder, base, admin, indexes, unique, sizeLimit, lines, hidesItself } = settings;
	return `
${SCHEMAS.map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
pidfile ${folder}/slapd.pid
argsfile ${folder}/slapd.args
modulepath /usr/lib/ldap
${MODULES.map((name) => `moduleload ${name}`).join('\n')}
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
TLSVerifyClient try
sizelimit ${sizeLimit}
# The name in a client certificate, and the user of PLAIN and SCRAM.
authz-regexp "^cn=admin$" "${admin.dn}"
authz-regexp "^uid=([^,@]+)(@[^,]+)?(,cn=[^,]+)?,cn=[^,]+,cn=auth$" "uid=$1,ou=people,${base}"
# Without TLS as well, and kept readable, because SCRAM needs it so.
sasl-secprops none
sasl-realm example.org
password-hash {CLEARTEXT}

${hidesItself ? HIDDEN_ROOT : ''}
database mdb
maxsize 1073741824
suffix "${base}"
rootdn "${admin.dn}"
rootpw ${admin.password}
directory ${folder}/db
dbnosync
index objectClass,mail,member,entryUUID,entryCSN eq
index cn,sn,uid eq,sub
${indexes.map((index) => `index ${index}`).join('\n')}
limits dn.exact="${admin.dn}" size=unlimited time=unlimited
limits dn.exact="cn=limited,${base}" size=500 size.prtotal=unlimited
limits dn.exact="cn=hardlimited,${base}" size=1000 size.pr=1000 size.prtotal=1000
${hidesItself ? HIDDEN_ATTRIBUTES : ''}
access to attrs=userPassword by self write by anonymous auth by * none
access to * by users write by * read
${lines.join('\n')}
overlay memberof
memberof-refint true
overlay refint
refint_attributes member
overlay syncprov
syncprov-checkpoint 100 10
syncprov-sessionlog 1000
overlay sssvlv
overlay ppolicy
ppolicy_default "cn=default,ou=policies,${base}"
ppolicy_use_lockout
${unique.length > 0 ? 'overlay unique' : ''}
${unique.map((attribute) => `unique_uri ldap:///${base}?${attribute}?sub`).join('\n')}
`;
};

/** What is there before anybody adds something. */
export const slapdEntries = ({
	base,
	user,
}: {
	base: string;
	user: { uid: string; password: string };
}): string =>
	[
		`dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n`,
		...['people', 'groups', 'policies'].map(
			(name) => `dn: ou=${name},${base}\nobjectClass: organizationalUnit\nou: ${name}\n`,
		),
		`dn: cn=default,ou=policies,${base}\nobjectClass: device\nobjectClass: pwdPolicy\ncn: default\npwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 5\n`,
		...['limited', 'hardlimited'].map(
			(name) =>
				`dn: cn=${name},${base}\nobjectClass: simpleSecurityObject\nobjectClass: organizationalRole\ncn: ${name}\nuserPassword: secret\n`,
		),
		`dn: uid=${user.uid},ou=people,${base}\nobjectClass: inetOrgPerson\nuid: ${user.uid}\ncn: Alice Liddell\nsn: Liddell\nuserPassword: ${user.password}\n`,
	].join('\n');
