import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { setting } from './setting.ts';

interface IconUrls {
	light: string;
	dark: string;
}

interface TypeDescription {
	name: string;
	displayName: string;
	iconUrl?: string | IconUrls;
	testedBy?: string;
	credentials?: Array<{ name: string; testedBy?: string }>;
	codex?: { categories?: string[] };
}

async function served(kind: 'nodes' | 'credentials', name: string): Promise<TypeDescription> {
	const answer = await setting().rest.get(`/types/${kind}.json`);
	const types: TypeDescription[] = JSON.parse(await answer.text());
	const found = types.filter((type) => type.name === name);
	assert.equal(found.length, 1, `${name} among ${types.length} types`);
	const [type] = found;
	assert.ok(type);
	return type;
}

async function assertIcons({ iconUrl }: TypeDescription): Promise<void> {
	assert.ok(typeof iconUrl === 'object', 'one icon for each theme');
	for (const url of [iconUrl.light, iconUrl.dark]) {
		const answer = await setting().rest.get(`/${url}`);
		assert.equal(answer.status, 200, url);
		assert.match(answer.headers.get('content-type') ?? '', /^image\/svg\+xml/);
		assert.match(await answer.text(), /<svg/);
	}
}

describe('the package in a real n8n', () => {
	test('the tarball is at most 5 MB', () => {
		const megabytes = statSync(setting().tarball).size / 1_000_000;
		assert.ok(megabytes <= 5, `${megabytes.toFixed(1)} MB`);
	});

	test('installing it adds exactly one package', () => {
		const { installed } = setting();
		const modules = path.dirname(installed);
		const packages = readdirSync(modules).filter((name) => !name.startsWith('.'));
		assert.deepEqual(packages, ['n8n-nodes-resilient']);
		const nested = path.join(installed, 'node_modules');
		const below = existsSync(nested)
			? readdirSync(nested).filter((name) => !name.startsWith('.'))
			: [];
		assert.deepEqual(below, []);
	});

	test('n8n serves the node and its icons', async () => {
		const type = await served('nodes', 'n8n-nodes-resilient.s3');
		assert.equal(type.displayName, 'Resilient S3');
		assert.deepEqual(
			type.credentials?.map(({ name }) => name),
			['resilientS3Api'],
		);
		assert.ok(type.codex?.categories?.length, 'a category in the node panel');
		await assertIcons(type);
	});

	test('n8n offers the node to AI agents as a tool', async () => {
		await served('nodes', 'n8n-nodes-resilient.s3Tool');
	});

	test('n8n serves the credential and its icons', async () => {
		const type = await served('credentials', 'resilientS3Api');
		await assertIcons(type);
	});

	test("n8n's log has no complaint about the package", () => {
		const log = readFileSync(setting().host.logFile, 'utf8');
		assert.match(log, /Editor is now accessible/);
		assert.doesNotMatch(log, /resilient.*(error|fail|skipp|warn)|(error|fail).*resilient/i);
	});
});
