/** Cookies of one host, without which the Streaming API does not know its sessions again. */
export class Cookies {
	private readonly values = new Map<string, string>();

	/** @param header all Set-Cookie headers of an answer, joined with ", " */
	take(header: string | undefined): void {
		// A date has a comma as well, but no sign of equality after it.
		for (const cookie of header?.split(/,\s*(?=[^;,=\s]+=)/) ?? []) {
			const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(cookie) ?? [];
			if (name === undefined || value === undefined) continue;
			if (/;\s*max-age=0\b/i.test(cookie)) this.values.delete(name);
			else this.values.set(name, value);
		}
	}

	header(): string {
		return [...this.values].map(([name, value]) => `${name}=${value}`).join('; ');
	}
}
