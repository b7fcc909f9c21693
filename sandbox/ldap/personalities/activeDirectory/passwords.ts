import type { Fields } from '../../entry.ts';
import type { Change } from '../../message.ts';
import type { WriteContext } from '../../personality.ts';
import { Refusal } from '../../refusal.ts';
import { fileTime } from '../../identifiers.ts';
import { attributeText, unwilling } from './words.ts';

const MIN_LENGTH = 7;
const BAD_FORMAT = '0000001F';
const POLICY = '0000052D';
const WRONG = '00000056';

/** As unicodePwd wants it (MS-ADTS section 3.1.1.3.1.5.1): in quotes, UTF-16LE. */
export const unicodePassword = (password: string) => Buffer.from(`"${password}"`, 'utf16le');

/** @throws {Refusal} when it is not in quotes or not UTF-16LE */
function readPassword(value: Buffer | undefined): string {
	const text = value && value.length % 2 === 0 ? value.toString('utf16le') : '';
	if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) throw unwilling(BAD_FORMAT);
	return text.slice(1, -1);
}

function isWeak(password: string, fields: Fields): boolean {
	const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password));
	const name = (fields.one('sAMAccountName') ?? '').toLowerCase();
	const named = name.length > 2 && password.toLowerCase().includes(name);
	return password.length < MIN_LENGTH || kinds.length < 3 || named;
}

/** Stores a password that is given with a new entry. @throws {Refusal} */
export function checkNewPassword(fields: Fields, context: WriteContext): void {
	const [value, more] = fields.values('unicodePwd');
	if (!value) return;
	if (!context.encrypted || more) throw unwilling(BAD_FORMAT);
	if (isWeak(readPassword(value), fields)) throw unwilling(POLICY);
	// 0: a new one has to be chosen at the first sign-in.
	fields.default('pwdLastSet', String(fileTime(context.now)));
}

/**
 * One "replace" is a reset, for those who may; one "delete" with the old and one "add" with the new
 * password is a change, for who knows the old one. @throws {Refusal}
 */
export function changePassword(
	fields: Fields,
	changes: readonly Change[],
	context: WriteContext,
): void {
	if (!context.encrypted) throw unwilling(BAD_FORMAT);
	const [first, second, more] = changes;
	const reset = first?.operation === 'replace' && !second;
	const change = first?.operation === 'delete' && second?.operation === 'add' && !more;
	if (!reset && !change) throw unwilling(BAD_FORMAT);
	const given = reset ? first : second;
	if (given?.values.length !== 1) throw unwilling(BAD_FORMAT);
	const password = readPassword(given.values[0]);
	if (change) {
		const old = readPassword(first.values[0]);
		if (!fields.values('unicodePwd').some((one) => one.equals(unicodePassword(old)))) {
			throw refusedChange(WRONG);
		}
	}
	if (isWeak(password, fields)) throw reset ? unwilling(POLICY) : refusedChange(POLICY);
	fields.set('unicodePwd', unicodePassword(password));
	fields.set('pwdLastSet', String(fileTime(context.now)));
	if (reset) fields.set('badPwdCount', 0);
}

function refusedChange(code: string): Refusal {
	const text = attributeText(code, '1005 (CONSTRAINT_ATT_TYPE)', 'unicodePwd');
	return new Refusal('constraintViolation', text.replaceAll('Att 0', 'Att 9005a'));
}
