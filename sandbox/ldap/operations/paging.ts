import { integer, octets, ProtocolError, readSequence, sequence } from '../ber.ts';
import { findControl, Oid } from '../controls.ts';
import type { Control } from '../message.ts';
import { Refusal } from '../refusal.ts';

/** Where a paged search of one connection goes on (RFC 2696). */
export interface Page<T> {
	size: number;
	/** what is left of the search from its earlier pages; undefined for a new one */
	rest?: T[];
}

/** The paged searches of one connection that are not at their end. */
export class Cursors<T> {
	private readonly pending = new Map<string, T[]>();
	private count = 0;

	/** @throws {Refusal} when the cookie is none of this connection */
	read(controls: readonly Control[]): Page<T> | undefined {
		const control = findControl(controls, Oid.pagedResults);
		if (!control) return undefined;
		if (!control.value) throw new ProtocolError('paged results control');
		const reader = readSequence(control.value);
		const size = reader.integer();
		const cookie = reader.text();
		if (cookie === '') return { size };
		const rest = this.pending.get(cookie);
		if (!rest) throw new Refusal('unwillingToPerform', 'paged results cookie is invalid');
		this.pending.delete(cookie);
		return { size, rest };
	}

	/** The control of the answer: with a cookie while something is left. */
	answer(rest: T[]): Control {
		const cookie = rest.length > 0 ? String(++this.count) : '';
		if (cookie) this.pending.set(cookie, rest);
		const value = sequence(integer(0), octets(cookie));
		return { oid: Oid.pagedResults, critical: false, value };
	}
}
