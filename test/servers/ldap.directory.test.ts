import type { ICredentialTestFunctions } from 'n8n-workflow';
import { extendedOperation } from '../../nodes/Ldap/actions/directory/extendedOperation.operation';
import { getRootDse } from '../../nodes/Ldap/actions/directory/getRootDse.operation';
import { getSchema } from '../../nodes/Ldap/actions/directory/getSchema.operation';
import { modifyPassword } from '../../nodes/Ldap/actions/directory/modifyPassword.operation';
import { whoAmI } from '../../nodes/Ldap/actions/directory/whoAmI.operation';
import { ldapCredentialTest } from '../../nodes/Ldap/methods/credentialTest';
import type { LdapClient } from '../../nodes/Ldap/transport/client';
import type { LdapCredential } from '../../nodes/Ldap/transport/connect';
import { WHO_AM_I } from '../../nodes/Ldap/transport/whoAmI';
import type { Item } from '../../nodes/shared/node/defineOperation';
import { failureOf } from '../Ldap/clientOf';
import { connected } from '../Ldap/connecting';
import { needs } from '../needs';
import type { Samba } from './samba/start.ts';
import { startSamba } from './samba/start.ts';
import type { Slapd } from './slapd/start.ts';
import { startSlapd } from './slapd/start.ts';

jest.setTimeout(150_000);

const noItem = {} as Item;

async function buttonSays(data: LdapCredential) {
	const credential = { id: '1', name: 'c', type: 'resilientLdapApi', data: { ...data } };
	const { status, message } = await ldapCredentialTest.call(
		{} as ICredentialTestFunctions,
		credential,
	);
	return `${status}: ${message}`;
}

needs('slapd')('the directory itself: slapd', () => {
	let slapd: Slapd;
	let credential: LdapCredential;
	let client: LdapClient;
	beforeAll(async () => {
		slapd = await startSlapd();
		const { dn: bindDn, password } = slapd.admin;
		credential = { servers: `127.0.0.1:${slapd.tlsPort}`, ca: slapd.ca, bindDn, password };
		client = connected(credential);
	});
	afterAll(async () => await slapd.stop());

	test('who is signed in', async () => {
		expect(await whoAmI.execute(client, {}, noItem)).toEqual({
			authorizationId: `dn:${slapd.admin.dn}`,
			dn: slapd.admin.dn,
			user: null,
			anonymous: false,
		});
	});

	test('the root DSE, with the names of the OIDs, lists as lists', async () => {
		const row = (await getRootDse.execute(client, {}, noItem)) as Record<string, unknown>;
		expect(row.namingContexts).toEqual([slapd.base]);
		expect(row.supportedLDAPVersion).toEqual([3]);
		expect(row.subschemaSubentry).toBe('cn=Subschema');
		expect(row.supportedSASLMechanisms).toContain('SCRAM-SHA-512');
		expect(row.supportedExtension).toContainEqual({
			oid: '1.3.6.1.4.1.4203.1.11.1',
			name: 'Password Modify (RFC 3062)',
		});
		const unnamed = [row.supportedControl, row.supportedExtension, row.supportedFeatures]
			.flat()
			.filter((one) => (one as { name: string | null }).name === null);
		expect(unnamed).toEqual([]);
	});

	test('the schema: attribute types, classes, and what a class must and may have', async () => {
		const asked = async (input: Partial<Parameters<typeof getSchema.execute>[1]>) =>
			(await getSchema.execute(
				client,
				{ definitions: 'attributeTypes', search: '', ...input },
				noItem,
			)) as Array<{ names: string[]; oid: string; kind?: string; required?: boolean }>;
		const [mail, ...others] = await asked({ search: '0.9.2342.19200300.100.1.3' });
		expect(others).toEqual([]);
		expect(mail).toMatchObject({ names: ['mail', 'rfc822Mailbox'], singleValue: false });
		expect((await asked({ search: 'MAILBOX' })).map(({ oid }) => oid)).toContain(mail?.oid);
		const abstract = await asked({ definitions: 'objectClasses', kind: 'abstract' });
		expect(abstract.map(({ names }) => names[0])).toContain('top');
		expect(new Set(abstract.map(({ kind }) => kind))).toEqual(new Set(['abstract']));
		const person = await asked({ definitions: 'attributesOfClass', objectClass: 'inetOrgPerson' });
		const required = person.filter((one) => one.required).map(({ names }) => names[0]);
		expect(required.sort()).toEqual(['cn', 'objectClass', 'sn']);
		expect(person.filter(({ names }) => names.includes('mail'))).toMatchObject([
			{ required: false, oid: mail?.oid },
		]);
		await expect(
			asked({ definitions: 'attributesOfClass', objectClass: 'noSuchClass' }),
		).rejects.toMatchObject({
			code: 'NO_SUCH_CLASS',
			message: expect.stringContaining('noSuchClass'),
		});
	});

	test('a password is changed, reset, and made by the server', async () => {
		const { dn: user, uid, password } = slapd.user;
		const signsIn = async (with_: string) => {
			await connected(credential).authenticate(user, with_);
			return true;
		};
		const change = async (
			input: Partial<Parameters<typeof modifyPassword.execute>[1]>,
			as = client,
		) =>
			await modifyPassword.execute(
				as,
				{ user, oldPassword: '', generate: false, newPassword: '', ...input },
				noItem,
			);
		const own = connected({ ...credential, bindDn: user, password });
		const changed = await change({ user: '', oldPassword: password, newPassword: 'größer-1' }, own);
		expect(changed).toEqual({ user: null, changed: true });
		expect(await signsIn('größer-1')).toBe(true);
		expect(await failureOf(signsIn(password))).toMatchObject({ kind: 'auth' });

		const made = (await change({ generate: true })) as { generatedPassword: string };
		expect(made.generatedPassword).toMatch(/^\S{6,}$/);
		expect(await signsIn(made.generatedPassword)).toBe(true);

		expect(await change({ newPassword: password })).toEqual({ user, changed: true });
		expect(await signsIn(password)).toBe(true);

		expect(await failureOf(change({ oldPassword: 'wrong', newPassword: 'x' }))).toMatchObject({
			phase: 'rejected',
		});
		expect(await failureOf(change({}))).toMatchObject({ kind: 'invalid', phase: 'notSent' });
		expect(uid).toBe('alice');
	});

	test('an extended operation by its OID', async () => {
		const send = async (input: Partial<Parameters<typeof extendedOperation.execute>[1]>) =>
			await extendedOperation.execute(
				client,
				{ oid: WHO_AM_I, format: 'none', value: '', repeatable: true, ...input },
				noItem,
			);
		expect(await send({})).toEqual({
			oid: null,
			value: Buffer.from(`dn:${slapd.admin.dn}`).toString('base64'),
			text: `dn:${slapd.admin.dn}`,
		});
		expect(await failureOf(send({ oid: '1.2.3.4' }))).toMatchObject({
			status: 2,
			phase: 'rejected',
		});
		expect(await failureOf(send({ oid: 'whoami' }))).toMatchObject({ phase: 'notSent' });
		expect(await failureOf(send({ format: 'base64', value: '!' }))).toMatchObject({
			phase: 'notSent',
		});
		expect(await failureOf(send({ format: 'hex', value: 'abc' }))).toMatchObject({
			phase: 'notSent',
		});
		// Password Modify: the value arrives as it was written.
		const octets = (tag: number, text: string) =>
			Buffer.from([tag, text.length, ...Buffer.from(text)]);
		for (const format of ['base64', 'hex'] as const) {
			const password = `set-by-${format}`;
			const fields = Buffer.concat([octets(0x80, slapd.user.dn), octets(0x82, password)]);
			const value = Buffer.from([0x30, fields.length, ...fields]).toString(format);
			await send({ oid: '1.3.6.1.4.1.4203.1.11.1', format, value });
			await connected(credential).authenticate(slapd.user.dn, password);
		}
	});

	describe('the test button', () => {
		test('says who is signed in, where, and how that is protected', async () => {
			const said = await buttonSays(credential);
			expect(said).toMatch(
				/^OK: Signed in as cn=admin,dc=example,dc=org at 127\.0\.0\.1:\d+ \(OpenLDAP\), encrypted by TLSv1\.3 with TLS_\w+ and a certificate that expires on \d{4}-\d\d-\d\d\. Base DN: dc=example,dc=org\.$/,
			);
			const plain = {
				...credential,
				servers: `127.0.0.1:${slapd.port}`,
				encryption: 'none' as const,
			};
			expect(await buttonSays(plain)).toContain('not encrypted');
			expect(await buttonSays({ ...plain, signInWith: 'anonymous' })).toMatch(
				/^OK: Connected without signing in at /,
			);
		});

		test('tries again at once what was refused before', async () => {
			expect(await buttonSays({ ...credential, password: 'not-yet' })).toMatch(
				/^Error: invalidCredentials \(49\): .* — Bind of "cn=admin,dc=example,dc=org"\. — Check "User" and "Password"/,
			);
			const fresh = connected(credential);
			const newPassword = 'now-it-is';
			await modifyPassword.execute(
				fresh,
				{ user: slapd.user.dn, oldPassword: '', generate: false, newPassword },
				noItem,
			);
			const alice = { ...credential, bindDn: slapd.user.dn, password: newPassword };
			expect(await buttonSays(alice)).toMatch(/^OK: Signed in as uid=alice/);
		});

		test('says that the base DN is not there, and which there are', async () => {
			expect(await buttonSays({ ...credential, baseDn: 'dc=exmaple,dc=org' })).toMatch(
				/^Error: .*no base DN "dc=exmaple,dc=org".* — The server has dc=example,dc=org\.$/,
			);
		});

		test('sends nothing where n8n protects its network', async () => {
			process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
			try {
				const nowhere = { ...credential, servers: '127.0.0.1:1' };
				expect(await buttonSays(nowhere)).toMatch(/^Error: NOT_TESTED: .*Who Am I/);
				expect(await buttonSays({ ...nowhere, password: '' })).toMatch(/"Password" is empty/);
			} finally {
				delete process.env.N8N_SSRF_PROTECTION_ENABLED;
			}
		});
	});
});

needs('samba', 'samba-tool')('the directory itself: Samba, as Active Directory', () => {
	let samba: Samba;
	let credential: LdapCredential;
	beforeAll(async () => {
		samba = await startSamba();
		const { upn: bindDn, password } = samba.admin;
		credential = { servers: `127.0.0.1:${samba.tlsPort}`, ca: samba.ca, bindDn, password };
	});
	afterAll(async () => await samba.stop());

	test('who is signed in, though it does not know the operation for it', async () => {
		const { upn, downLevelName, dn } = samba.admin;
		for (const bindDn of [upn, downLevelName, dn])
			expect(await whoAmI.execute(connected({ ...credential, bindDn }), {}, noItem)).toEqual({
				authorizationId: `dn:${dn}`,
				dn,
				user: null,
				anonymous: false,
			});
		const anonymous = connected({ ...credential, signInWith: 'anonymous' });
		expect(await whoAmI.execute(anonymous, {}, noItem)).toMatchObject({ anonymous: true });
	});

	test('the root DSE of Active Directory', async () => {
		const row = (await getRootDse.execute(connected(credential), {}, noItem)) as Record<
			string,
			unknown
		>;
		expect(row).toMatchObject({
			defaultNamingContext: samba.base,
			isGlobalCatalogReady: true,
			domainFunctionality: { level: 4, name: 'Windows Server 2008 R2' },
			highestCommittedUSN: expect.any(Number),
			currentTime: expect.stringMatching(/^20\d\d-\d\d-\d\dT/),
		});
		const controls = row.supportedControl as Array<{ oid: string; name: string | null }>;
		expect(new Set(controls.map(({ oid }) => oid)).size).toBe(controls.length);
		expect(controls.filter(({ name }) => name === null)).toEqual([]);
	});

	test('a mechanism that it does not know: says what to do', async () => {
		const { hint } = await failureOf(
			connected({ ...credential, signInWith: 'scram-sha-256' }).contact(),
		);
		expect(hint).toContain('"Sign In With"');
	});

	test('the test button', async () => {
		expect(await buttonSays(credential)).toMatch(
			/^OK: Signed in as CN=Administrator,CN=Users,DC=n8n,DC=test at 127\.0\.0\.1:\d+ \(Active Directory, Samba .*, dc1\.n8n\.test, level Windows Server 2008 R2, global catalog\), encrypted by TLS.*Base DN: DC=n8n,DC=test\.$/,
		);
		expect(await buttonSays({ ...credential, password: 'Wrong-one-1' })).toMatch(
			/^Error: invalidCredentials \(49\): .*52e/,
		);
	});
});
