import type { InputOf } from '../../../shared/node/defineOperation';
import type { ConfigurationKind } from '../../transport/configurationKinds';
import { invalidInput } from '../../transport/failure';
import type { JsonObject } from '../../transport/xmlShape';
import { inRows } from '../object/nameValues';
import { lifecycleRules } from './lifecycleRules';
import type { configurationFields } from './configurationFields';

type Fields = InputOf<typeof configurationFields>;

/** The document that the fields of a kind describe. */
const DOCUMENTS: Partial<Record<ConfigurationKind, (fields: Fields) => JsonObject>> = {
	accelerate: ({ status }) => ({ Status: status }),
	encryption: ({ algorithm, kmsKeyId, bucketKey }) => ({
		Rules: [
			{
				ApplyServerSideEncryptionByDefault: {
					SSEAlgorithm: algorithm,
					KMSMasterKeyID: kmsKeyId || undefined,
				},
				BucketKeyEnabled: bucketKey,
			},
		],
	}),
	lifecycle: ({ rules }) => ({ Rules: lifecycleRules(rules) }),
	objectLock: ({ retentionMode, retentionDays }) => ({
		ObjectLockEnabled: 'Enabled',
		...(retentionMode !== 'none' && {
			Rule: { DefaultRetention: { Mode: retentionMode, Days: retentionDays } },
		}),
	}),
	ownershipControls: ({ ownership }) => ({ Rules: [{ ObjectOwnership: ownership }] }),
	publicAccessBlock: (fields) => ({
		BlockPublicAcls: fields.blockPublicAcls,
		IgnorePublicAcls: fields.ignorePublicAcls,
		BlockPublicPolicy: fields.blockPublicPolicy,
		RestrictPublicBuckets: fields.restrictPublicBuckets,
	}),
	requestPayment: ({ payer }) => ({ Payer: payer }),
	tagging: ({ tags }) => ({
		TagSet: Object.entries(inRows('Tags', tags?.rows)).map(([Key, Value]) => ({ Key, Value })),
	}),
	versioning: ({ status }) => ({ Status: status }),
	website: ({ indexDocument, errorDocument }) => ({
		...(errorDocument && { ErrorDocument: { Key: errorDocument } }),
		...(indexDocument && { IndexDocument: { Suffix: indexDocument } }),
	}),
};

/** An expression may give a text, a list or nothing instead of an object. */
export const isEmptyJson = (json: unknown): boolean =>
	json === undefined ||
	json === null ||
	json === '' ||
	(typeof json === 'object' && Object.keys(json).length === 0);

/** @throws Failure for a kind that has no fields */
export function configurationOf(kind: ConfigurationKind, fields: Fields): JsonObject {
	const document = DOCUMENTS[kind];
	if (document) return document(fields);
	throw invalidInput(
		`"Configuration (JSON)" is empty: write the ${kind} configuration into it. ` +
			'To remove the one that the bucket has, use Delete Configuration.',
	);
}
