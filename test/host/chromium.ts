import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import type { Host } from '../../sandbox/host/boot.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Why there is no browser; false where there is one. */
export const missingBrowser = existsSync(CHROMIUM) ? false : `needs ${CHROMIUM}`;

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** The editor of n8n in a browser of its own, signed in as the owner. */
export interface EditorPage {
	browser: Browser;
	page: Page;
	/** folder of the pictures */
	pictures: string;
	picture(name: string): Promise<unknown>;
}

export async function openEditor({ url, email, password }: Host): Promise<EditorPage> {
	const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
	const context = await browser.newContext({ viewport: { width: 1500, height: 900 } });
	// The editor asks for pictures and news elsewhere; nothing here may depend on them.
	await context.route(
		({ hostname }) => hostname !== '127.0.0.1',
		async (route) => await route.abort(),
	);
	const page = await context.newPage();
	page.setDefaultTimeout(60_000);
	await page.goto(`${url}/signin`);
	await page.locator('input[name="emailOrLdapLoginId"]').fill(email);
	await page.locator('input[name="password"]').fill(password);
	await page.locator('[data-test-id="form-submit-button"]').click();
	await page.waitForURL(/\/(home|workflow)/);
	const pictures = mkdtempSync(path.join(os.tmpdir(), 'n8n-editor-pictures-'));
	const picture = async (name: string) =>
		await page.screenshot({ path: path.join(pictures, `${name}.png`) });
	return { browser, page, pictures, picture };
}
