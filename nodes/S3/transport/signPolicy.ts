import type { Signer } from './sign';
import { ALGORITHM, amzDate, credentialScope, signature } from './sign';

/** `{ field: value }`, or an operator with its operands. */
export type PolicyCondition = Readonly<Record<string, string>> | ReadonlyArray<string | number>;

/**
 * Signs the policy of an HTML form that uploads with POST.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 *
 * @param expiration ISO 8601, in UTC
 * @returns the fields to add to the form
 */
export function policyFields(
	expiration: string,
	conditions: readonly PolicyCondition[],
	signer: Signer,
): Record<string, string> {
	const { accessKeyId, sessionToken } = signer.credentials;
	const date = amzDate(signer.at);
	const fields: Record<string, string> = {
		'x-amz-algorithm': ALGORITHM,
		'x-amz-credential': `${accessKeyId}/${credentialScope(date, signer)}`,
		'x-amz-date': date,
		...(sessionToken && { 'x-amz-security-token': sessionToken }),
	};
	const own = Object.entries(fields).map(([name, value]) => ({ [name]: value }));
	// Beyond ASCII as it is: Ceph does not read the escapes of an emoji.
	const document = JSON.stringify({ expiration, conditions: [...conditions, ...own] });
	const policy = Buffer.from(document).toString('base64');
	return { ...fields, policy, 'x-amz-signature': signature(policy, date, signer) };
}
