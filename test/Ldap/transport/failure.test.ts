import { codeOf, resultFailure } from '../../../nodes/Ldap/transport/failure';
import type { Result } from '../../../nodes/Ldap/transport/message';
import { redactor } from '../../../nodes/shared/ground/redact';

const result = (code: number, message = '', more: Partial<Result> = {}): Result => ({
	...{ type: 'result', tag: 0x67, code, matchedDn: '', message, referrals: [], controls: [] },
	...more,
});
const failure = (code: number, message = '', doing = 'Modify') =>
	resultFailure(result(code, message), { doing, dn: 'cn=a' });

// RFC 4511 appendix A.1, without those that are no errors.
test.each([
	[1, 'operationsError'],
	[2, 'protocolError'],
	[3, 'timeLimitExceeded'],
	[4, 'sizeLimitExceeded'],
	[7, 'authMethodNotSupported'],
	[8, 'strongerAuthRequired'],
	[10, 'referral'],
	[11, 'adminLimitExceeded'],
	[12, 'unavailableCriticalExtension'],
	[13, 'confidentialityRequired'],
	[14, 'saslBindInProgress'],
	[16, 'noSuchAttribute'],
	[17, 'undefinedAttributeType'],
	[18, 'inappropriateMatching'],
	[19, 'constraintViolation'],
	[20, 'attributeOrValueExists'],
	[21, 'invalidAttributeSyntax'],
	[32, 'noSuchObject'],
	[33, 'aliasProblem'],
	[34, 'invalidDNSyntax'],
	[36, 'aliasDereferencingProblem'],
	[48, 'inappropriateAuthentication'],
	[49, 'invalidCredentials'],
	[50, 'insufficientAccessRights'],
	[51, 'busy'],
	[52, 'unavailable'],
	[53, 'unwillingToPerform'],
	[54, 'loopDetect'],
	[64, 'namingViolation'],
	[65, 'objectClassViolation'],
	[66, 'notAllowedOnNonLeaf'],
	[67, 'notAllowedOnRDN'],
	[68, 'entryAlreadyExists'],
	[69, 'objectClassModsProhibited'],
	[71, 'affectsMultipleDSAs'],
	[80, 'other'],
])('%d is %s, and says something where the server does not', (code, name) => {
	expect(failure(code).code).toBe(`${name} (${code})`);
	expect(failure(code).message).toMatch(/^\S.+ — Modify of "cn=a"\.$/);
	expect(failure(code).status).toBe(code);
});

test.each([
	[51, 'unavailable', 'rejected'],
	[52, 'unavailable', 'rejected'],
	[80, 'unavailable', 'maybeDone'],
	[49, 'auth', 'rejected'],
	[50, 'auth', 'rejected'],
	[13, 'auth', 'rejected'],
	[68, 'conflict', 'rejected'],
	[20, 'conflict', 'rejected'],
	[65, 'invalid', 'rejected'],
	[32, 'invalid', 'rejected'],
	[16_654, 'invalid', 'rejected'],
])('%d is %s, %s', (code, kind, phase) => {
	expect(failure(code)).toMatchObject({ kind, phase });
});

test('a code that nobody knows keeps its number', () => {
	expect(codeOf(16_654)).toBe('result code (16654)');
});

// Messages of Active Directory as Windows and Samba send them.
test.each([
	['52e', 'name or password is wrong'],
	['525', 'the user does not exist'],
	['530', 'may not sign in at this time'],
	['531', 'may not sign in from this machine'],
	['532', 'the password has expired'],
	['533', 'the account is disabled'],
	['701', 'the account has expired'],
	['773', 'must change the password'],
	['775', 'the account is locked out'],
])('data %s: %s', (data, words) => {
	const message = `80090308: LdapErr: DSID-0C090449, comment: AcceptSecurityContext error, data ${data}, v4563\0`;
	const { message: said, kind } = failure(49, message, 'Bind');
	expect(said).toContain(words);
	expect(said).toContain(`data ${data}`);
	expect(said).not.toContain('\0');
	expect(kind).toBe('auth');
});

test.each([
	[
		19,
		'0000052D: Constraint violation - check_password_restrictions: the password is too short',
		'policy',
	],
	[53, '0000001F: SvcErr: DSID-031A1262, problem 5003 (WILL_NOT_PERFORM), data 0', 'encrypted'],
	[68, '00002071: UpdErr: DSID-0305038D, problem 6005 (ENTRY_EXISTS), data 0', 'exists'],
	[
		68,
		'00000524: UpdErr: DSID-031A11F2, problem 6005 (ENTRY_EXISTS), data 0',
		'a user of this name',
	],
	[
		50,
		'00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0',
		'not allowed',
	],
	[32, '0000208D: NameErr: DSID-03100288, problem 2001 (NO_OBJECT), data 0', 'does not exist'],
])('%d with "%s" explains itself', (code, message, words) => {
	expect(failure(code, message).message).toContain(message);
	expect(failure(code, message).message.replace(message, '')).toContain(words);
});

test('"data 0" of another operation is not taken for that of a sign-in', () => {
	expect(
		failure(53, '00002035: SvcErr: DSID, problem 5003 (WILL_NOT_PERFORM), data 52e').message,
	).not.toContain('password is wrong');
});

test('not being signed in is a matter of the credential', () => {
	const message =
		'000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed on the connection., data 0, v4563';
	expect(failure(1, message)).toMatchObject({ kind: 'auth', scope: 'credential' });
});

test('the URLs of a referral, and no secret, are in the message', () => {
	const { message } = resultFailure(
		result(10, 'try "planted-secret" elsewhere', { referrals: ['ldap://a/', 'ldap://b/'] }),
		{ doing: 'Delete', dn: 'cn=a', redact: redactor(['planted-secret']) },
	);
	expect(message).toBe('try "[redacted]" elsewhere — Delete of "cn=a". See ldap://a/, ldap://b/.');
});

test('so is the nearest entry that exists', () => {
	const { message } = resultFailure(result(32, '', { matchedDn: 'dc=example' }), {
		doing: 'Delete',
		dn: 'cn=a,dc=example',
	});
	expect(message).toContain('The nearest entry that exists is "dc=example".');
});
