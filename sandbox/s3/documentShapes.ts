import { anyText, oneOf, someText, time, truth, wholeNumber, type Shape } from './shape.ts';

const filterRules: Shape = {
	elements: {
		'S3Key?': {
			elements: {
				'FilterRule*': {
					elements: { Name: { text: /^(?:prefix|suffix)$/i }, 'Value?': anyText },
				},
			},
		},
	},
};

/** Where events go, and which. */
export const target = (name: string): Shape => ({
	elements: { 'Id?': anyText, [name]: someText, 'Event+': someText, 'Filter?': filterRules },
});

export const tag: Shape = { elements: { Key: someText, Value: anyText } };
export const redirect: Shape = {
	elements: {
		'HostName?': someText,
		'HttpRedirectCode?': wholeNumber,
		'Protocol?': oneOf('http', 'https'),
		'ReplaceKeyPrefixWith?': anyText,
		'ReplaceKeyWith?': someText,
	},
};
const filterBounds = {
	'Prefix?': anyText,
	'ObjectSizeGreaterThan?': wholeNumber,
	'ObjectSizeLessThan?': wholeNumber,
};
const storageClass = oneOf(
	'STANDARD_IA',
	'ONEZONE_IA',
	'INTELLIGENT_TIERING',
	'GLACIER_IR',
	'GLACIER',
	'DEEP_ARCHIVE',
);
export const lifecycleRule: Shape = {
	elements: {
		'ID?': anyText,
		Status: oneOf('Enabled', 'Disabled'),
		'Prefix?': anyText,
		'Filter?': {
			elements: {
				...filterBounds,
				'Tag?': tag,
				'And?': { elements: { ...filterBounds, 'Tag*': tag } },
			},
		},
		'Expiration?': {
			elements: { 'Date?': time, 'Days?': wholeNumber, 'ExpiredObjectDeleteMarker?': truth },
		},
		'Transition*': {
			elements: { 'Date?': time, 'Days?': wholeNumber, StorageClass: storageClass },
		},
		'NoncurrentVersionExpiration?': {
			elements: { NoncurrentDays: wholeNumber, 'NewerNoncurrentVersions?': wholeNumber },
		},
		'NoncurrentVersionTransition*': {
			elements: {
				NoncurrentDays: wholeNumber,
				StorageClass: storageClass,
				'NewerNoncurrentVersions?': wholeNumber,
			},
		},
		'AbortIncompleteMultipartUpload?': { elements: { DaysAfterInitiation: wholeNumber } },
	},
};
