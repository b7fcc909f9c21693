import { syncInfoOf, syncRequest, syncStateOf } from '../../../nodes/Ldap/transport/sync';
import type { SearchAnswer } from '../../../nodes/Ldap/transport/message';

// Bytes written by hand from the ASN.1 of RFC 4533 section 2, as X.690 encodes it.
const ID = '0123456789abcdef0123456789abcdef';
const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const info = (text: string): SearchAnswer => ({
	type: 'intermediate',
	oid: '1.3.6.1.4.1.4203.1.9.1.4',
	value: hex(text),
	controls: [],
});
const state = (text: string) =>
	syncStateOf([{ oid: '1.3.6.1.4.1.4203.1.9.1.2', value: hex(text) }]);

test('asks for refreshAndPersist, with a cookie or without', () => {
	expect(syncRequest().value?.toString('hex')).toBe('30030a0103');
	const { value, critical } = syncRequest(Buffer.from('abc'));
	expect(value?.toString('hex')).toBe('30080a0103' + '0403616263');
	expect(critical).toBe(true);
});

test.each([
	['present', '00'],
	['add', '01'],
	['modify', '02'],
	['delete', '03'],
])('an entry is sent for its state %s', (name, number) => {
	expect(state(`3015 0a01${number} 0410${ID}`)).toEqual({ state: name, id: UUID });
	expect(state(`301a 0a01${number} 0410${ID} 0403616263`)).toEqual({
		...{ state: name, id: UUID, cookie: Buffer.from('abc') },
	});
});

test('an entry without the control has no state', () => {
	expect(syncStateOf([{ oid: '1.2.3' }])).toBeUndefined();
});

test('what the server says between entries', () => {
	const cookie = Buffer.from('abc');
	expect(syncInfoOf(info('8003616263'))).toEqual({ type: 'cookie', cookie });
	expect(syncInfoOf(info('a100'))).toEqual({ type: 'refreshDelete', refreshDone: true });
	expect(syncInfoOf(info('a208 0403616263 010100'))).toEqual({
		...{ type: 'refreshPresent', cookie, refreshDone: false },
	});
	expect(syncInfoOf(info(`a314 3112 0410${ID}`))).toEqual({
		...{ type: 'ids', deleted: false, ids: [UUID] },
	});
	expect(syncInfoOf(info(`a31c 0403616263 0101ff 3112 0410${ID}`))).toEqual({
		...{ type: 'ids', cookie, deleted: true, ids: [UUID] },
	});
});

test('other messages say nothing; broken ones are no messages', () => {
	expect(syncInfoOf({ type: 'intermediate', oid: '1.2.3', controls: [] })).toBeUndefined();
	expect(syncInfoOf({ type: 'reference', urls: [], controls: [] })).toBeUndefined();
	expect(() => syncInfoOf(info('a3 05 04'))).toThrow('ends');
	expect(() => state('3003 020101')).toThrow('tag');
});
