import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import { defineConfig, globalIgnores } from 'eslint/config';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const communityNodes = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;
const timers = ['setTimeout', 'setInterval', 'setImmediate'];

export default defineConfig(
	globalIgnores(['**/dist', '.cache', 'coverage', '**/__schema__', '**/fixtures']),
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.{js,mjs}'],
		extends: [js.configs.recommended],
		languageOptions: { globals: globals.node },
	},
	{ files: ['**/*.js'], languageOptions: { sourceType: 'commonjs' } },
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, tseslint.configs.strict],
		languageOptions: {
			parserOptions: {
				project: ['./tsconfig.test.json'],
				tsconfigRootDir: import.meta.dirname,
			},
		},
		rules: {
			'@typescript-eslint/await-thenable': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				// `typeof import('axios')` names the type of a library that is loaded when it is needed.
				{ disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-floating-promises': [
				'error',
				{
					// Node's test runner waits for these by itself.
					allowForKnownSafeCalls: [
						{ from: 'package', package: 'node:test', name: ['describe', 'it', 'suite', 'test'] },
					],
				},
			],
			// The bundled libraries are loaded inside the function that needs them.
			'@typescript-eslint/no-require-imports': ['error', { allow: ['/vendor/'] }],
			'@typescript-eslint/no-misused-promises': 'error',
			'@typescript-eslint/no-unnecessary-type-assertion': 'error',
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			'@typescript-eslint/prefer-promise-reject-errors': [
				'error',
				// An AbortSignal's reason is handed on as it is.
				{ allowThrowingAny: true, allowThrowingUnknown: true },
			],
			'@typescript-eslint/switch-exhaustiveness-check': [
				'error',
				{ considerDefaultExhaustiveForUnions: true },
			],
		},
	},
	{
		// An `any` that arrives from outside (JSON.parse, n8n's parameters) must not spread.
		files: ['{nodes,credentials,vendor}/**/*.ts'],
		rules: {
			'no-console': 'error',
			'@typescript-eslint/no-unsafe-argument': 'error',
			'@typescript-eslint/no-unsafe-call': 'error',
			'@typescript-eslint/no-unsafe-member-access': 'error',
			'@typescript-eslint/no-unsafe-return': 'error',
		},
	},
	{
		// Node runs these by leaving out the types; that cannot leave out what emits code.
		files: ['{sandbox,test}/**/*.ts'],
		rules: {
			'@typescript-eslint/parameter-properties': 'error',
			'no-restricted-syntax': ['error', 'TSEnumDeclaration', 'TSImportEqualsDeclaration'],
		},
	},
	{
		// Tests load the built package the way n8n does.
		files: ['test/**/*.ts'],
		rules: { '@typescript-eslint/no-require-imports': 'off' },
	},
	{
		files: ['{nodes,sandbox}/**/*.{ts,mjs}'],
		ignores: ['**/properties.ts'],
		rules: { 'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }] },
	},
	{
		// Waiting is written once, cancellable and with a clock that tests can replace.
		files: ['nodes/**/*.ts'],
		ignores: ['nodes/shared/ground/clock.ts'],
		rules: { 'no-restricted-globals': ['error', ...timers] },
	},
	{
		files: ['nodes/**/*.ts', 'credentials/**/*.ts', 'package.json'],
		extends: [communityNodes],
	},
	{
		// The floors below n8n do not know its errors; the node's floor turns theirs into n8n's.
		files: ['nodes/**/{ground,resilience,transport,triggers}/**/*.ts'],
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	{ plugins: { 'n8n-nodes-base': n8nNodesBase } },
	{
		files: ['nodes/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// These demand the string 'main'; the community rules demand NodeConnectionTypes.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
			// A limit may have a maximum where the remote system has one.
			'n8n-nodes-base/node-param-type-options-max-value-present': 'off',
			// The type of a property demands a default; this rule takes a computed one for none.
			'n8n-nodes-base/node-param-default-missing': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		rules: {
			...n8nNodesBase.configs.credentials.rules,
			// Wants the short names of n8n's own documentation; ours is a full address.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
			// All three guess secrets from parts of names: "allowUnauthorizedCerts" is one to them and
			// "clientKey" is none. test/contract/credentials.test.ts looks closer.
			'n8n-nodes-base/cred-class-field-type-options-password-missing': 'off',
			'@n8n/community-nodes/credential-password-field': 'off',
			'@n8n/community-nodes/credential-unnecessary-password': 'off',
		},
	},
	{
		files: ['package.json'],
		languageOptions: {
			parser: tseslint.parser,
			parserOptions: { extraFileExtensions: ['.json'] },
		},
		rules: {
			...n8nNodesBase.configs.community.rules,
			// The developers have neither a common mail address nor a web site.
			'n8n-nodes-base/community-package-json-author-email-missing': 'off',
			'@n8n/community-nodes/valid-author': 'off',
			'@n8n/community-nodes/require-homepage': 'off',
		},
	},
);
