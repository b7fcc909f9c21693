/** Values by name, as many as were used last. */
export class Recent<Value> {
	private readonly values = new Map<string, Value>();

	constructor(private readonly most: number) {}

	/** The value of this name, made when it is not there. */
	get(name: string, make: () => Value): Value {
		const value = this.peek(name) ?? make();
		this.set(name, value);
		return value;
	}

	peek(name: string): Value | undefined {
		return this.values.get(name);
	}

	forget(name: string): void {
		this.values.delete(name);
	}

	set(name: string, value: Value): void {
		this.values.delete(name);
		this.values.set(name, value);
		const oldest = this.values.keys().next();
		if (this.values.size > this.most && !oldest.done) this.values.delete(oldest.value);
	}
}
