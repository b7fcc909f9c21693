import { S3Error } from '../errors.ts';
import {
	bypasses,
	checkRetentionChange,
	lockModes,
	lockOf,
	type BucketLock,
	type LockMode,
	type Retention,
} from '../objectLock.ts';
import { bucketOf, xmlBody } from '../operation.ts';
import type { Call, Handler } from '../operation.ts';
import { objectOf, versionHeaders } from '../versions.ts';
import { childText, element, resultDocument, type XmlNode } from '../xml.ts';

function modeOf(node: XmlNode): LockMode {
	const mode = lockModes.find((one) => one === childText(node, 'Mode'));
	if (mode) return mode;
	throw new S3Error('MalformedXML');
}

function onlyChild(node: XmlNode, name: string): XmlNode {
	const [child, ...more] = node.children.filter((one) => one.name === name);
	if (!child || more.length > 0) throw new S3Error('MalformedXML');
	return child;
}

/** What new objects get: a number of days or of years, not of both. */
function usualRetention(rule: XmlNode): BucketLock['usual'] {
	const node = onlyChild(rule, 'DefaultRetention');
	const [days, years] = [childText(node, 'Days'), childText(node, 'Years')];
	const text = days ?? years ?? '';
	if ((days === undefined) === (years === undefined) || !/^-?\d{1,9}$/.test(text)) {
		throw new S3Error('MalformedXML');
	}
	const mode = modeOf(node);
	const count = Number(text);
	const unit = days === undefined ? 'Years' : 'Days';
	if (count <= 0 || count > (unit === 'Days' ? 36_500 : 100)) {
		throw new S3Error('InvalidArgument', {
			message: 'Default retention period must be a positive integer value.',
			elements: { ArgumentName: unit, ArgumentValue: text },
		});
	}
	return { mode, unit, count };
}

export const putObjectLockConfiguration: Handler = (call) => {
	const bucket = bucketOf(call);
	const root = xmlBody(call, 'ObjectLockConfiguration');
	if (childText(root, 'ObjectLockEnabled') !== 'Enabled') throw new S3Error('MalformedXML');
	const rule = root.children.find(({ name }) => name === 'Rule');
	const usual = rule && usualRetention(rule);
	if (bucket.versioning !== 'Enabled') {
		throw new S3Error('InvalidBucketState', {
			message: 'Versioning must be "Enabled" on the bucket to apply a Object Lock configuration',
		});
	}
	bucket.lock = { usual };
	return { status: 200 };
};

export const getObjectLockConfiguration: Handler = (call) => {
	const { name, lock } = bucketOf(call);
	if (!lock) {
		throw new S3Error('ObjectLockConfigurationNotFoundError', { elements: { BucketName: name } });
	}
	const { usual } = lock;
	const body = resultDocument('ObjectLockConfiguration', [
		element('ObjectLockEnabled', 'Enabled'),
		usual !== undefined &&
			element('Rule', [
				element('DefaultRetention', [
					element('Mode', usual.mode),
					element(usual.unit, usual.count),
				]),
			]),
	]);
	return { status: 200, body };
};

function noLock(what: string): S3Error {
	return new S3Error('NoSuchObjectLockConfiguration', {
		message: `The specified object does not have a ${what} configuration`,
	});
}

/** An empty document takes a retention away. */
function readRetention(call: Call): Retention | undefined {
	const root = xmlBody(call, 'Retention');
	if (root.children.length === 0) return undefined;
	const mode = modeOf(root);
	const until = Date.parse(childText(root, 'RetainUntilDate') ?? '');
	if (Number.isNaN(until)) throw new S3Error('MalformedXML');
	if (until > call.now) return { mode, until };
	throw new S3Error('InvalidArgument', {
		message: 'The retain until date must be in the future!',
	});
}

export const putObjectRetention: Handler = (call) => {
	const bucket = bucketOf(call);
	lockOf(bucket);
	const retention = readRetention(call);
	const object = objectOf(call);
	checkRetentionChange(object.lock.retention, retention, bypasses(call.request), call.now);
	call.store.change(bucket, object, { lock: { ...object.lock, retention } });
	return { status: 200, headers: versionHeaders(bucket, object) };
};

export const getObjectRetention: Handler = (call) => {
	lockOf(bucketOf(call));
	const { retention } = objectOf(call).lock;
	if (!retention) throw noLock('ObjectLock');
	const body = resultDocument('Retention', [
		element('Mode', retention.mode),
		element('RetainUntilDate', new Date(retention.until).toISOString()),
	]);
	return { status: 200, body };
};

export const putObjectLegalHold: Handler = (call) => {
	const bucket = bucketOf(call);
	lockOf(bucket);
	const status = childText(xmlBody(call, 'LegalHold'), 'Status');
	if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML');
	const object = objectOf(call);
	call.store.change(bucket, object, { lock: { ...object.lock, legalHold: status === 'ON' } });
	return { status: 200, headers: versionHeaders(bucket, object) };
};

export const getObjectLegalHold: Handler = (call) => {
	lockOf(bucketOf(call));
	const { legalHold } = objectOf(call).lock;
	if (legalHold === undefined) throw noLock('ObjectLock');
	const body = resultDocument('LegalHold', [element('Status', legalHold ? 'ON' : 'OFF')]);
	return { status: 200, body };
};
