import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class ResilientLdapApi implements ICredentialType {
	name = 'resilientLdapApi';

	displayName = 'Resilient LDAP API';

	icon: Icon = { light: 'file:../nodes/Ldap/ldap.svg', dark: 'file:../nodes/Ldap/ldap.dark.svg' };

	documentationUrl = 'https://www.npmjs.com/package/n8n-nodes-resilient';

	properties: INodeProperties[] = [
		{
			displayName: 'Find Servers By',
			name: 'findServers',
			type: 'options',
			options: [
				{
					name: 'Domain',
					value: 'srv',
					description:
						'DNS knows the servers of the domain, as with Active Directory (SRV records)',
				},
				{ name: 'List', value: 'list', description: 'Servers that are named here' },
			],
			default: 'list',
		},
		{
			displayName: 'Servers',
			name: 'servers',
			type: 'string',
			required: true,
			displayOptions: { show: { findServers: ['list'] } },
			default: '',
			placeholder: 'e.g. ldap1.example.com, ldap2.example.com:1636',
			description:
				'One server, or several that hold the same directory, separated by commas: the next one is used when the one before it is down. A path such as ldapi:///run/slapd/ldapi is a socket on this machine.',
		},
		{
			displayName: 'Domain',
			name: 'servers',
			type: 'string',
			required: true,
			displayOptions: { show: { findServers: ['srv'] } },
			default: '',
			placeholder: 'e.g. ad.example.com',
			description:
				'DNS domain of the directory. A name that begins with an underscore is looked up as it is, such as _ldap._tcp.Berlin._sites.dc._msdcs.ad.example.com for the domain controllers of one site.',
		},
		{
			displayName: 'Encryption',
			name: 'encryption',
			type: 'options',
			options: [
				{ name: 'LDAPS', value: 'ldaps', description: 'TLS from the start, usually on port 636' },
				{ name: 'None', value: 'none', description: 'Everybody on the way can read along' },
				{
					name: 'STARTTLS',
					value: 'startTls',
					description: 'TLS before anything else is sent, usually on port 389',
				},
			],
			default: 'ldaps',
		},
		{
			displayName: 'Port',
			name: 'port',
			type: 'number',
			typeOptions: { minValue: 0, maxValue: 65_535 },
			default: 0,
			description:
				'Of servers that are named without one. 0 means the usual port: 636 for LDAPS, else 389. The global catalog of Active Directory has 3269 for LDAPS, else 3268.',
		},
		{
			displayName: 'Sign In With',
			name: 'signInWith',
			type: 'options',
			options: [
				{
					name: 'Anonymous',
					value: 'anonymous',
					description: 'Without a name: most servers show little or nothing then',
				},
				{
					name: 'Client Certificate (SASL EXTERNAL)',
					value: 'external',
					description: 'The certificate below, or the system user where the server is a socket',
				},
				{
					name: 'Name and Password (SASL PLAIN)',
					value: 'plain',
					description: 'A user name instead of a DN, where the server asks for SASL',
				},
				{
					name: 'Name and Password (SASL SCRAM-SHA-1)',
					value: 'scram-sha-1',
					description: 'The password itself is not sent, and the server proves that it knows it',
				},
				{
					name: 'Name and Password (SASL SCRAM-SHA-256)',
					value: 'scram-sha-256',
					description: 'The password itself is not sent, and the server proves that it knows it',
				},
				{
					name: 'Name and Password (SASL SCRAM-SHA-512)',
					value: 'scram-sha-512',
					description: 'The password itself is not sent, and the server proves that it knows it',
				},
				{
					name: 'Name and Password (Simple)',
					value: 'simple',
					description: 'What every server understands, Active Directory included',
				},
			],
			default: 'simple',
		},
		{
			displayName: 'User',
			name: 'bindDn',
			type: 'string',
			required: true,
			displayOptions: { show: { signInWith: ['simple'] } },
			default: '',
			placeholder: 'e.g. cn=n8n,ou=services,dc=example,dc=com',
			description:
				'The DN of an entry (bind DN). For Active Directory user@example.com, EXAMPLE\\user or a DN.',
		},
		{
			displayName: 'User',
			name: 'bindDn',
			type: 'string',
			required: true,
			displayOptions: {
				show: { signInWith: ['plain', 'scram-sha-1', 'scram-sha-256', 'scram-sha-512'] },
			},
			default: '',
			placeholder: 'e.g. n8n',
			description: 'Name of the user as SASL knows it, which usually is no DN',
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			displayOptions: {
				show: { signInWith: ['simple', 'plain', 'scram-sha-1', 'scram-sha-256', 'scram-sha-512'] },
			},
			default: '',
		},
		{
			displayName: 'Allow Passwords Without Encryption (Insecure)',
			name: 'allowUnencryptedPasswords',
			type: 'boolean',
			displayOptions: { show: { encryption: ['none'] } },
			default: false,
			description:
				'Whether passwords may be sent though everybody on the way can read them. Not needed for SCRAM and for servers on this machine.',
		},
		{
			displayName: 'Authorization ID',
			name: 'authorizationId',
			type: 'string',
			displayOptions: {
				show: {
					signInWith: ['external', 'plain', 'scram-sha-1', 'scram-sha-256', 'scram-sha-512'],
				},
			},
			default: '',
			placeholder: 'e.g. dn:cn=app,dc=example,dc=com',
			description:
				'Only to act as somebody else than the one who signs in: "dn:" and a DN, or "u:" and a user name. The server must allow it.',
		},
		{
			displayName: 'Base DN',
			name: 'baseDn',
			type: 'string',
			default: '',
			placeholder: 'e.g. dc=example,dc=com',
			description:
				'Where searches begin unless a node names another place. Leave empty for what the server says.',
		},
		{
			displayName: 'CA Certificate',
			name: 'ca',
			type: 'string',
			typeOptions: { rows: 3 },
			displayOptions: { hide: { encryption: ['none'] } },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description:
				'Of the authority that issued the certificate of the server (PEM), as with Active Directory Certificate Services. The public ones stay accepted.',
		},
		{
			displayName: 'Client Certificate',
			name: 'clientCertificate',
			type: 'string',
			typeOptions: { rows: 3 },
			displayOptions: { hide: { encryption: ['none'] } },
			default: '',
			placeholder: '-----BEGIN CERTIFICATE-----',
			description: 'Where the server asks for one (PEM)',
		},
		{
			displayName: 'Client Key',
			name: 'clientKey',
			type: 'string',
			typeOptions: { password: true, rows: 3 },
			displayOptions: { hide: { encryption: ['none'] } },
			default: '',
			placeholder: '-----BEGIN PRIVATE KEY-----',
			description: 'Private key of the client certificate (PEM)',
		},
		{
			displayName: 'Client Key Passphrase',
			name: 'clientKeyPassphrase',
			type: 'string',
			typeOptions: { password: true },
			displayOptions: { hide: { encryption: ['none'] } },
			default: '',
		},
		{
			displayName: 'Server Name',
			name: 'serverName',
			type: 'string',
			displayOptions: { hide: { encryption: ['none'] } },
			default: '',
			description:
				'Name that the certificate of the server must have, where it is not the host that is connected to',
		},
		{
			displayName: 'Minimum TLS Version',
			name: 'minimumTls',
			type: 'options',
			displayOptions: { hide: { encryption: ['none'] } },
			options: [
				{ name: 'TLS 1.2', value: 'TLSv1.2' },
				{ name: 'TLS 1.3', value: 'TLSv1.3' },
			],
			default: 'TLSv1.2',
			description: 'Older servers are refused',
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			displayOptions: { hide: { encryption: ['none'] } },
			default: false,
			description: 'Whether to connect even if the certificate of the server is not valid',
		},
		{
			displayName: 'Follow Referrals',
			name: 'followReferrals',
			type: 'boolean',
			default: false,
			description:
				'Whether to go on at other servers that a server names, and to sign in there with this credential',
		},
		{
			displayName: 'Referral Hosts',
			name: 'referralHosts',
			type: 'string',
			required: true,
			displayOptions: { show: { followReferrals: [true] } },
			default: '',
			placeholder: 'e.g. dc1.example.com, *.ad.example.com',
			description:
				'Which servers may be followed to, separated by commas: they get to see the password. A star stands for any name in a domain.',
		},
		{
			displayName: 'Connect Timeout (Ms)',
			name: 'connectTimeoutMs',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 5000,
			description:
				'How long a server may take until it is connected and encrypted; then the next one is tried',
		},
		{
			displayName: 'Max Connections',
			name: 'maxConnections',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 10,
			description:
				'Over all workflows of this n8n process that use this credential. Each carries several requests at the same time.',
		},
		{
			displayName: 'Max Concurrent Requests',
			name: 'maxConcurrentRequests',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 50,
			description:
				'Requests in flight at the same time, over all workflows of this n8n process that use this credential. 0 means no limit.',
		},
	];
}
