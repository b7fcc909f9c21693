import { Failure } from '../../shared/resilience/failure';
import type { HttpResponse } from '../../shared/transport/http';
import type { Kind } from './configurationKinds';
import { successBody } from './failure';
import { rootOf } from './xml';
import type { JsonObject } from './xmlShape';
import { fromXml } from './xmlShape';

/** What an answer with status 200 says of a configuration. */
export function configurationIn(
	kind: Kind,
	answer: HttpResponse<Buffer>,
	nowMs: number,
): JsonObject {
	const root = rootOf(answer.body);
	if (root === 'ListBucketResult') throw takesNoNotice(kind);
	if (kind.root === '') return policyIn(answer.body);
	const expected = root !== undefined && root === kind.otherRoot ? root : kind.root;
	const configuration = fromXml(kind.structure, successBody(expected, answer, nowMs));
	return kind.repair?.(configuration) ?? configuration;
}

/** Ceph 16 answers like this to what it does not know: as if nothing stood in the query. */
const takesNoNotice = ({ name }: Kind) =>
	new Failure({
		kind: 'invalid',
		phase: 'rejected',
		code: 'NotImplemented',
		message: `The server does not know Get${name}: it sent a list of objects instead`,
		hint: 'This server does not have this kind of configuration.',
		status: 200,
	});

function policyIn(body: Buffer): JsonObject {
	try {
		return JSON.parse(body.toString()) as JsonObject;
	} catch (cause) {
		throw new Failure({
			kind: 'unavailable',
			phase: 'rejected',
			code: 'UNREADABLE_ANSWER',
			message: 'The server answered 200, but what it sent is not the JSON of a policy',
			hint: 'Is this really the address of the S3 server? A proxy may have answered in its place.',
			status: 200,
			cause,
		});
	}
}
