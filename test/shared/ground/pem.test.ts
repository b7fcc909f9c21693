import { createPrivateKey, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { repairPem } from '../../../nodes/shared/ground/pem';
import { authority, locked, type Identity } from '../transport/certificates';

let ca: string;
let identity: Identity;

beforeAll(() => {
	const made = authority();
	ca = made.ca;
	identity = made.issue('one');
	made.remove();
});

const pasted: Array<[how: string, paste: (pem: string) => string]> = [
	['as it is', (pem) => pem],
	['on one line', (pem) => pem.replaceAll('\n', ' ')],
	['on one line without spaces', (pem) => pem.replaceAll('\n', '')],
	['with \\n as two characters', (pem) => pem.replaceAll('\n', '\\n')],
	['from Windows', (pem) => pem.replaceAll('\n', '\r\n')],
	['from a JSON file of Windows', (pem) => pem.replaceAll('\n', '\\r\\n')],
	['indented', (pem) => pem.replaceAll('\n', '\n    ')],
	['with a description before it', (pem) => `Bag Attributes\n    friendlyName: x\n${pem}`],
];

test.each(pasted)('a certificate pasted %s', (_how, paste) => {
	const { fingerprint256 } = new X509Certificate(repairPem(paste(identity.cert)));
	expect(fingerprint256).toBe(new X509Certificate(identity.cert).fingerprint256);
});

test.each(pasted)('a chain pasted %s has all its certificates', (_how, paste) => {
	const chain = repairPem(paste(identity.cert + ca));
	const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
	expect(blocks.map((pem) => new X509Certificate(pem).subject)).toEqual([
		'CN=one',
		'CN=Test Authority',
	]);
});

test.each(pasted)(
	'keys pasted %s: open, encrypted, and encrypted in the old form',
	(_how, paste) => {
		const passphrase = 'open sesame';
		const old = execFileSync('openssl', ['ec', '-aes256', '-passout', `pass:${passphrase}`], {
			input: identity.key,
			encoding: 'utf8',
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		expect(old).toContain('Proc-Type: 4,ENCRYPTED');
		const keys = [identity.key, locked(identity.key, passphrase)];
		// Without any white space nobody can tell where its header ends.
		if (/\s|\\n/.test(paste('\n'))) keys.push(old);
		for (const pem of keys) {
			const key = createPrivateKey({ key: repairPem(paste(pem)), passphrase });
			expect(key.equals(createPrivateKey(identity.key))).toBe(true);
		}
	},
);

test('the bare base64 of a certificate', () => {
	const bare = new X509Certificate(identity.cert).raw.toString('base64');
	expect(new X509Certificate(repairPem(` ${bare}\n`)).subject).toBe('CN=one');
});

test('nothing, and what is no PEM, stay what they are', () => {
	expect(repairPem(undefined)).toBe('');
	expect(repairPem('  \n')).toBe('');
	expect(repairPem('C:\\certs\\ca.pem')).toBe('C:\\certs\\ca.pem');
});
