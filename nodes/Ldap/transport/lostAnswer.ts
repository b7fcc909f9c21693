import type { Rename } from './client';
import type { Connection } from './connection';
import { isAlternativeDn, joinDn, parentOf } from './dn';
import type { Attribute, Change } from './entry';
import { anyEntry } from './filter';
import { Code } from './message';
import { compareRequest, searchRequest } from './requests';

/**
 * What the server holds, for requests whose answer was lost. Whatever cannot be proven is taken for
 * not done: the item then fails as "maybe done".
 */
export class Witness {
	constructor(
		private readonly connection: Connection,
		private readonly signal: AbortSignal,
	) {}

	/** Whether the entry is there with all of these values; those of the server come on top. */
	async hasAdded(dn: string, attributes: readonly Attribute[]): Promise<boolean> {
		return await this.fits(
			dn,
			attributes.map(({ type, values }) => ({
				type,
				with: values,
				without: [],
				nothingElse: false,
			})),
		);
	}

	/** Whether the entry is what it is after these changes. */
	async hasChanged(dn: string, changes: readonly Change[]): Promise<boolean> {
		return await this.fits(dn, stateAfter(changes));
	}

	async hasMoved(dn: string, { newRdn, newSuperior }: Rename): Promise<boolean> {
		if (isAlternativeDn(dn)) return false;
		const target = joinDn(newRdn, newSuperior ?? parentOf(dn));
		return (await this.read(target, ['1.1'])) !== undefined;
	}

	private async fits(dn: string, wanted: State[]): Promise<boolean> {
		const types = wanted.map(({ type }) => type);
		const attributes = await this.read(dn, types);
		if (!attributes) return false;
		for (const state of wanted) {
			const found = attributes.find(({ type }) => same(type, state.type))?.values ?? [];
			if (state.nothingElse && found.length !== state.with.length) return false;
			for (const value of state.with)
				if (!THERE.has(await this.look(dn, state.type, value, found))) return false;
			for (const value of state.without)
				if (!GONE.has(await this.look(dn, state.type, value, found))) return false;
		}
		return true;
	}

	/**
	 * Values that differ in bytes can be equal for the server, of long lists a part is shown, and of
	 * what may not be read nothing.
	 */
	private async look(dn: string, type: string, value: Buffer, found: Buffer[]): Promise<number> {
		if (found.some((other) => other.equals(value))) return Code.compareTrue;
		const { signal } = this;
		return (await this.connection.request(compareRequest(dn, type, value), { signal })).code;
	}

	/** The attributes of an entry; `undefined`: it is not there, or may not be read. */
	private async read(dn: string, attributes: string[]): Promise<Attribute[] | undefined> {
		const filter = anyEntry;
		const request = searchRequest({ base: dn, scope: 'base', filter, attributes }, 0);
		const stream = this.connection.search(request);
		try {
			let found: Attribute[] | undefined;
			for (;;) {
				const answers = await stream.next(this.signal, 0);
				if (!Array.isArray(answers)) return answers.code === 0 ? found : undefined;
				for (const answer of answers) if (answer.type === 'entry') found = answer.entry.attributes;
			}
		} finally {
			stream.stop();
		}
	}
}

const THERE = new Set<number>([Code.compareTrue]);
const GONE = new Set<number>([Code.compareFalse, Code.noSuchAttribute]);

/** What one attribute must be like. */
interface State {
	type: string;
	with: Buffer[];
	without: Buffer[];
	/** it has no other values */
	nothingElse: boolean;
}

/** What the changes make of an entry, one after the other. */
function stateAfter(changes: readonly Change[]): State[] {
	const states = new Map<string, State>();
	for (const { type, operation, values } of changes) {
		const name = type.toLowerCase();
		const state = states.get(name) ?? { type, with: [], without: [], nothingElse: false };
		states.set(name, state);
		if (operation === 'replace' || (operation === 'delete' && values.length === 0)) {
			Object.assign(state, { with: values, without: [], nothingElse: true });
		} else if (operation === 'add') {
			state.without = missing(state.without, values);
			state.with = [...state.with, ...values];
		} else {
			state.with = missing(state.with, values);
			state.without = [...state.without, ...values];
		}
	}
	return [...states.values()];
}

const missing = (values: Buffer[], gone: Buffer[]) =>
	values.filter((value) => !gone.some((other) => other.equals(value)));

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
