import { ApiError, refusal, type ErrorDetail } from '../errors.ts';
import type { ObjectType } from '../schema/objectType.ts';
import { isDeleted, type Row, type Value } from '../store/row.ts';
import type { WriteContext } from './context.ts';

/** @throws ApiError REQUIRED_FIELD_MISSING */
export function checkRequired(
	type: ObjectType,
	values: Record<string, Value>,
	creating: boolean,
): void {
	const missing = type.fields
		.filter((field) => {
			if (field.nillable || field.defaultedOnCreate || !field.createable || field.compute) {
				return false;
			}
			return creating ? (values[field.name] ?? null) === null : values[field.name] === null;
		})
		.map(({ name }) => name);
	if (missing.length === 0) return;
	const message = `Required fields are missing: [${missing.join(', ')}]`;
	throw refusal('REQUIRED_FIELD_MISSING', message, missing);
}

/** @throws ApiError INVALID_CROSS_REFERENCE_KEY, ENTITY_IS_DELETED */
export function checkReferences(
	{ org }: WriteContext,
	type: ObjectType,
	values: Record<string, Value>,
): void {
	for (const [name, value] of Object.entries(values)) {
		if (typeof value !== 'string') continue;
		if (org.schema.field(type.name, name)?.type !== 'reference') continue;
		const row = org.store.find(value);
		if (!row) throw refusal('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
		if (isDeleted(row)) throw refusal('ENTITY_IS_DELETED', 'entity is deleted', []);
	}
}

/** @throws ApiError DUPLICATE_VALUE */
export function checkUnique(
	{ org }: WriteContext,
	type: ObjectType,
	values: Record<string, Value>,
	own: Row | undefined,
): void {
	for (const { name, unique } of type.fields) {
		const value = values[name] ?? null;
		if (!unique || value === null) continue;
		const other = org.store
			.table(type.name)
			.having(name, value)
			.find((row) => row !== own && !isDeleted(row));
		if (!other) continue;
		const message = `duplicate value found: ${name} duplicates value on record with id: ${other.id.slice(0, 15)}`;
		throw refusal('DUPLICATE_VALUE', message, []);
	}
}

/** Rules of the org for a record as it would be. @throws ApiError FIELD_CUSTOM_VALIDATION_EXCEPTION */
export function checkValidationRules(type: ObjectType, row: Row, before: Row | undefined): void {
	const broken: ErrorDetail[] = [];
	for (const rule of type.validationRules) {
		const message = rule.broken(row, before);
		if (message === undefined) continue;
		const fields = rule.field === undefined ? [] : [rule.field];
		broken.push({ code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message, fields });
	}
	if (broken.length > 0) throw new ApiError(broken);
}

/**
 * Which committed records look the same to the duplicate rules. Records of one request are not
 * compared with each other, as in Salesforce.
 */
export class DuplicateKeys {
	private readonly byRule = new Map<string, Map<string, string>>();

	/** Remembers a record. */
	add({ duplicateRules }: ObjectType, row: Row): void {
		for (const { name, keyOf } of duplicateRules) {
			const key = keyOf(row);
			if (key === undefined) continue;
			const keys = this.byRule.get(name) ?? new Map<string, string>();
			this.byRule.set(name, keys);
			keys.set(key, row.id);
		}
	}

	/** Another record with the same key. */
	find(rule: string, key: string, ownId: string | undefined): string | undefined {
		const id = this.byRule.get(rule)?.get(key);
		return id === ownId ? undefined : id;
	}
}

/** @throws ApiError DUPLICATES_DETECTED, unless the request allows them */
export function checkDuplicates(context: WriteContext, type: ObjectType, row: Row): void {
	const { org, allowDuplicates, base } = context;
	for (const rule of type.duplicateRules) {
		const key = rule.keyOf(row);
		if (key === undefined) continue;
		const found = org.duplicates.find(rule.name, key, row.id);
		const other = found === undefined ? undefined : org.store.find(found);
		const stillThere = other && !isDeleted(other) && rule.keyOf(other) === key;
		if (!stillThere || allowDuplicates) continue;
		const record = {
			attributes: { type: type.name, url: `${base}/sobjects/${type.name}/${other.id}` },
			Id: other.id,
		};
		throw new ApiError([
			{
				code: 'DUPLICATES_DETECTED',
				message: rule.message,
				extra: {
					// So spelt by Salesforce.
					duplicateResut: {
						allowSave: true,
						duplicateRule: rule.name,
						duplicateRuleEntityType: type.name,
						errorMessage: rule.message,
						matchResults: [
							{
								entityType: type.name,
								errors: [],
								matchEngine: 'FuzzyMatchEngine',
								matchRecords: [
									{ additionalInformation: [], fieldDiffs: [], matchConfidence: 100.0, record },
								],
								rule: rule.matchingRule,
								size: 1,
								success: true,
							},
						],
					},
				},
			},
		]);
	}
}
