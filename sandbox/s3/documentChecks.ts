import { randomUUID } from 'node:crypto';
import { S3Error } from './errors.ts';
import { knownEvents } from './eventNames.ts';
import { invalidArgument, type Call } from './operation.ts';
import { readTagging } from './tags.ts';
import { childText, textsAt, type XmlNode } from './xml.ts';

function invalidRequest(message: string): S3Error {
	return new S3Error('InvalidRequest', { message });
}

const named = (node: XmlNode, name: string) => node.children.filter((child) => child.name === name);

export function tags(root: XmlNode): void {
	readTagging(root, 50);
}

export function cors(root: XmlNode): void {
	const methods = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];
	const strange = textsAt(root, 'CORSRule', 'AllowedMethod').find((one) => !methods.includes(one));
	if (strange !== undefined) {
		throw invalidRequest(
			`Found unsupported HTTP method in CORS config. Unsupported method is ${strange}`,
		);
	}
	if (root.children.length > 100) {
		throw invalidRequest('The number of CORS rules should not exceed allowed limit of 100 rules.');
	}
	for (const name of ['AllowedOrigin', 'AllowedHeader']) {
		const wild = textsAt(root, 'CORSRule', name).find((one) => one.split('*').length > 2);
		if (wild === undefined) continue;
		throw invalidRequest(`${name} "${wild}" can not have more than one wildcard.`);
	}
}

const actions = [
	'Expiration',
	'Transition',
	'NoncurrentVersionExpiration',
	'NoncurrentVersionTransition',
	'AbortIncompleteMultipartUpload',
];

function lifecycleRule(rule: XmlNode): void {
	const filters = [...named(rule, 'Filter'), ...named(rule, 'Prefix')];
	if (filters.length !== 1) throw new S3Error('MalformedXML');
	const [filter] = named(rule, 'Filter');
	// Several conditions need an And around them.
	if (filter && filter.children.length > 1) throw new S3Error('MalformedXML');
	if (!rule.children.some(({ name }) => actions.includes(name))) {
		throw invalidRequest('At least one action needs to be specified in a rule');
	}
	for (const action of rule.children.filter(({ name }) => actions.includes(name))) {
		const when = ['Date', 'Days', 'ExpiredObjectDeleteMarker'].filter(
			(name) => childText(action, name) !== undefined,
		);
		const needsOne = action.name === 'Expiration' || action.name === 'Transition';
		if (needsOne && when.length !== 1) throw new S3Error('MalformedXML');
		const date = childText(action, 'Date');
		if (date !== undefined && Date.parse(date) % 86_400_000 !== 0) {
			throw invalidArgument('Date', date, "'Date' must be at midnight GMT");
		}
		for (const name of ['Days', 'NoncurrentDays', 'DaysAfterInitiation']) {
			const days = childText(action, name);
			// A transition may happen at once, an expiration may not.
			const least = action.name.endsWith('Transition') ? 0 : 1;
			if (days === undefined || Number(days) >= least) continue;
			throw invalidArgument(
				name,
				days,
				`'${name}' for ${action.name} action must be a positive integer`,
			);
		}
	}
}

export function lifecycle(root: XmlNode): void {
	if (root.children.length > 1000) throw new S3Error('MalformedXML');
	for (const rule of root.children) {
		lifecycleRule(rule);
		const id = childText(rule, 'ID');
		if (id !== undefined && id.length > 255) {
			throw invalidArgument('ID', id, 'ID length should not exceed allowed limit of 255');
		}
		addId(rule, 'ID');
	}
	const ids = textsAt(root, 'Rule', 'ID');
	const twice = ids.find((id, at) => ids.indexOf(id) !== at);
	if (twice === undefined) return;
	throw invalidArgument(
		'ID',
		twice,
		`Rule ID must be unique. Found same ID for more than one rule`,
	);
}

/** What has no id gets one. */
function addId(node: XmlNode, name: string): void {
	const id = node.children.find((child) => child.name === name);
	if (!id) node.children.unshift({ name, attributes: '', text: randomUUID(), children: [] });
	else if (id.text === '') id.text = randomUUID();
}

export function encryption(root: XmlNode): void {
	const [algorithm] = textsAt(root, 'Rule', 'ApplyServerSideEncryptionByDefault', 'SSEAlgorithm');
	const [key] = textsAt(root, 'Rule', 'ApplyServerSideEncryptionByDefault', 'KMSMasterKeyID');
	if (key === undefined || algorithm?.startsWith('aws:kms')) return;
	throw invalidArgument(
		'KMSMasterKeyID',
		key,
		'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
	);
}

export const blockSettings = [
	'BlockPublicAcls',
	'IgnorePublicAcls',
	'BlockPublicPolicy',
	'RestrictPublicBuckets',
] as const;

/** GET shows all four, whatever PUT left out. */
export function publicAccessBlock(root: XmlNode): void {
	const children = blockSettings.map((name) => {
		const text = String(childText(root, name)?.toLowerCase() === 'true');
		return { name, attributes: '', text, children: [] };
	});
	root.children.splice(0, Infinity, ...children);
}

export function website(root: XmlNode): void {
	const redirects = named(root, 'RedirectAllRequestsTo').length > 0;
	if (redirects && root.children.length > 1) {
		throw invalidArgument(
			'RedirectAllRequestsTo',
			'null',
			'RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
		);
	}
	if (!redirects && named(root, 'IndexDocument').length === 0) {
		throw invalidArgument(
			'IndexDocument',
			'null',
			'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
		);
	}
}

export function logging(root: XmlNode, { store, request }: Call): void {
	const [target] = textsAt(root, 'LoggingEnabled', 'TargetBucket');
	if (target === undefined) return;
	const own = store.buckets.get(request.bucket ?? '');
	if (store.buckets.get(target)?.region === own?.region) return;
	throw new S3Error('InvalidTargetBucketForLogging', { elements: { TargetBucket: target } });
}

export function accelerate(_root: XmlNode, { request }: Call): void {
	if (!request.bucket?.includes('.')) return;
	throw invalidRequest(
		'S3 Transfer Acceleration is not supported for buckets with periods (.) in their names',
	);
}

export function notification(root: XmlNode, { request, events, store, ids, now }: Call): void {
	for (const target of root.children.filter(({ name }) => name !== 'EventBridgeConfiguration')) {
		const arn = target.children.find(({ name }) =>
			['Topic', 'Queue', 'CloudFunction'].includes(name),
		);
		if (arn && !/^arn:[\w-]+:[\w-]+:[\w-]*:\d*:\S+$/.test(arn.text)) {
			throw invalidArgument(arn.name, arn.text, 'The ARN is not well formed');
		}
		const strange = textsAt(target, 'Event').find((one) => !knownEvents.includes(one));
		if (strange !== undefined) {
			throw invalidArgument(
				'Event',
				strange,
				'A specified event is not supported for notifications.',
			);
		}
		const rules = textsAt(target, 'Filter', 'S3Key', 'FilterRule', 'Name').map((one) =>
			one.toLowerCase(),
		);
		if (new Set(rules).size !== rules.length) {
			throw invalidArgument(
				'FilterRule',
				rules.join(),
				`Cannot specify more than one ${rules[0]} rule in a filter.`,
			);
		}
		if (!request.headers.has('x-amz-skip-destination-validation') && !events.knows(target)) {
			throw invalidArgument(
				arn?.name ?? '',
				arn?.text ?? '',
				'Unable to validate the following destination configurations',
			);
		}
		addId(target, 'Id');
	}
	const bucket = store.buckets.get(request.bucket ?? '');
	if (bucket) events.test(root.children, { bucket, time: now, ...ids });
}
