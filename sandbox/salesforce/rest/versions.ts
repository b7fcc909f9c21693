import { json } from '../answer.ts';
import type { Route } from '../router.ts';

const seasons = ['Winter', 'Spring', 'Summer'];

/** "Summer '26" of version 68: three releases a year, Winter '24 is 59. */
function labelOf(version: number): string {
	const since = version - 59;
	const year = 24 + Math.floor(since / 3);
	return `${seasons[((since % 3) + 3) % 3]} '${String(year).padStart(2, '0')}`;
}

const resources = [
	'tooling',
	'metadata',
	'folders',
	'eclair',
	'prechatForms',
	'contact-tracing',
	'jsonxform',
	'chatter',
	'payments',
	'tabs',
	'appMenu',
	'quickActions',
	'queryAll',
	'commerce',
	'wave',
	'iot',
	'analytics',
	'search',
	'smartdatadiscovery',
	'identity',
	'composite',
	'parameterizedSearch',
	'fingerprint',
	'theme',
	'nouns',
	'domino',
	'event',
	'serviceTemplates',
	'recent',
	'connect',
	'licensing',
	'limits',
	'process',
	'dedupe',
	'async-queries',
	'query',
	'jobs',
	'localizedvalue',
	'mobile',
	'emailConnect',
	'consent',
	'tokenizer',
	'compactLayouts',
	'knowledgeManagement',
	'sobjects',
	'actions',
	'support',
];

export const versionRoutes: Route[] = [
	{
		method: 'GET',
		path: '//services/data',
		open: true,
		handle({ org }) {
			const { oldestVersion, newestVersion } = org.settings;
			const count = newestVersion - oldestVersion + 1;
			return json(
				Array.from({ length: count }, (_, n) => oldestVersion + n).map((version) => ({
					label: labelOf(version),
					url: `/services/data/v${version}.0`,
					version: `${version}.0`,
				})),
			);
		},
	},
	{
		method: 'GET',
		path: '',
		handle: ({ base, org, session }) =>
			json({
				...Object.fromEntries(resources.map((name) => [name, `${base}/${name}`])),
				identity: `${org.loginUrl}/id/${org.id}/${session.userId}`,
			}),
	},
];
