import { accountWithKey, type Account } from './authentication.ts';
import { S3Error } from './errors.ts';
import { sign, signingKey } from './sigv4.ts';

/**
 * Finds out who signed the policy of a form
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html).
 * @param now milliseconds since 1970
 * @throws S3Error InvalidArgument, SignatureDoesNotMatch, and those of `accountWithKey`
 */
export function authenticateForm(
	fields: ReadonlyMap<string, string>,
	policy: string,
	accounts: readonly Account[],
	region: string,
	now: number,
): Account {
	const required = (name: string) => {
		const value = fields.get(name);
		if (value) return value;
		throw new S3Error('InvalidArgument', {
			message: `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
			elements: { ArgumentName: name, ArgumentValue: '' },
		});
	};
	const parts = required('x-amz-credential').split('/');
	const [date = '', place = '', service = '', terminal = ''] = parts.slice(-4);
	const accessKeyId = parts.slice(0, -4).join('/');
	const right =
		required('x-amz-algorithm') === 'AWS4-HMAC-SHA256' &&
		terminal === 'aws4_request' &&
		service === 's3' &&
		place === region &&
		required('x-amz-date').startsWith(date);
	if (!right) {
		throw new S3Error('InvalidArgument', {
			message: `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/${region}/s3/aws4_request"`,
			elements: { ArgumentName: 'x-amz-credential', ArgumentValue: parts.join('/') },
		});
	}
	const account = accountWithKey(accounts, accessKeyId, fields.get('x-amz-security-token'), now);
	const key = signingKey(account.secretAccessKey, { date, region: place, service });
	if (sign(key, policy) === required('x-amz-signature')) return account;
	throw new S3Error('SignatureDoesNotMatch', {
		elements: { AWSAccessKeyId: accessKeyId, StringToSign: policy },
	});
}
