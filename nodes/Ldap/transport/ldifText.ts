import type { Entry } from './entry';
import { readerOf } from './entry';

// RFC 2849, in the very form of `ldapsearch -LLL`: its width of lines, and base64 for more than the
// RFC asks for (values that end with a space, of userPassword, and of all attributes with ";binary").
// https://git.openldap.org/openldap/openldap/-/blob/master/libraries/libldap/ldif.c (ldif_sput_wrap)
const LINE_WIDTH = 78;
const PLAIN = /^[!-9;=-~](?:[ -~]*[!-~])?$/;
const ALWAYS_BASE64: ReadonlySet<string> = new Set(['userpassword', '2.5.4.35']);

/** How lines of one attribute begin. */
interface Head {
	hidden: boolean;
	plain: string;
	base64: string;
	mayBePlain: boolean;
}

/**
 * Writes one entry after the other, each with the empty line that ends it. Attributes without values are
 * left out.
 * @param shows which attributes are written; all where it is left out
 */
export function ldifWriter(shows = (_type: string) => true): (entry: Entry) => string {
	const heads = new Map<string, Head>();
	const headOf = (type: string): Head => {
		const mayBePlain = !ALWAYS_BASE64.has(type.toLowerCase()) && !type.includes(';binary');
		const head = { hidden: !shows(type), plain: `${type}: `, base64: `${type}:: `, mayBePlain };
		heads.set(type, head);
		return head;
	};
	return (entry) => {
		const dn = Buffer.from(entry.dn);
		let text = line(DN, dn, 0, dn.length);
		for (const reader = readerOf(entry); reader.next();) {
			const head = heads.get(reader.type) ?? headOf(reader.type);
			if (head.hidden) continue;
			while (reader.nextValue()) text += line(head, reader.bytes, reader.start, reader.end);
		}
		return `${text}\n`;
	};
}

const DN: Head = { hidden: false, plain: 'dn: ', base64: 'dn:: ', mayBePlain: true };

function line(head: Head, bytes: Buffer, start: number, end: number): string {
	if (start === end) return `${head.plain.trimEnd()}\n`;
	const plain = head.mayBePlain ? bytes.toString('latin1', start, end) : '';
	return PLAIN.test(plain)
		? folded(head.plain, plain)
		: folded(head.base64, bytes.toString('base64', start, end));
}

function folded(head: string, text: string): string {
	// A value never ends up within the head, however long the name is.
	let end = Math.max(0, LINE_WIDTH - head.length);
	if (text.length <= end) return `${head}${text}\n`;
	let lines = `${head}${text.slice(0, end)}`;
	for (; end < text.length; end += LINE_WIDTH - 1) {
		lines += `\n ${text.slice(end, end + LINE_WIDTH - 1)}`;
	}
	return `${lines}\n`;
}
