import { dirSyncEndOf, dirSyncRequest } from '../../../nodes/Ldap/transport/dirSync';
import {
	entryChangeOf,
	persistentSearchRequest,
} from '../../../nodes/Ldap/transport/persistentSearch';

// Bytes written by hand from the ASN.1 of MS-ADTS 3.1.1.3.4.1.3 and of draft-ietf-ldapext-psearch-03.
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');

test('DirSync asks with flags, a size and a cookie, and is told whether there is more', () => {
	const { value, critical } = dirSyncRequest(Buffer.from('abc'), 1);
	expect(value?.toString('hex')).toBe('300d' + '020101' + '020340' + '0000' + '0403616263');
	expect(critical).toBe(true);
	const answer = (text: string) =>
		dirSyncEndOf([{ oid: '1.2.840.113556.1.4.841', value: hex(text) }]);
	const cookie = Buffer.from('abc');
	expect(answer('300b 020101 020100 0403616263')).toEqual({ more: true, cookie });
	expect(answer('300b 020100 020100 0403616263')).toEqual({ more: false, cookie });
	expect(dirSyncEndOf([])).toBeUndefined();
});

test('a persistent search asks for all changes from now on, each with what it was', () => {
	expect(persistentSearchRequest.value?.toString('hex')).toBe(
		'3009' + '02010f' + '0101ff' + '0101ff',
	);
});

test.each([
	['add', '01'],
	['delete', '02'],
	['modify', '04'],
])('a change is known as %s', (change, number) => {
	const control = { oid: '2.16.840.1.113730.3.4.7', value: hex(`3003 0a01${number}`) };
	expect(entryChangeOf([control])).toEqual({ change });
});

test('a rename comes with the name before it and the number of the change', () => {
	const value = hex('300c 0a0108 0404 636e3d61 02 0107');
	expect(entryChangeOf([{ oid: '2.16.840.1.113730.3.4.7', value }])).toEqual({
		...{ change: 'modDn', previousDn: 'cn=a', changeNumber: 7 },
	});
	expect(entryChangeOf([])).toBeUndefined();
});
