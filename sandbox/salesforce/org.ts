import type { OrgClock } from './clock.ts';
import { usualActions, type Action } from './process/actions.ts';
import { echo, type ApexClass } from './process/apex.ts';
import { DuplicateKeys } from './records/rules.ts';
import type { Apps } from './oauth/apps.ts';
import { Sessions } from './oauth/sessions.ts';
import { plantReports, type ReportDefinition } from './reports/definitions.ts';
import { standardSchema, type Schema } from './schema/schema.ts';
import type { OrgSettings } from './settings.ts';
import { Store } from './store/store.ts';

/** An org: its objects, records, users and what runs in it. */
export class Org {
	readonly settings: OrgSettings;
	readonly clock: OrgClock;
	readonly schema: Schema;
	readonly store: Store;
	readonly apps: Apps;
	readonly sessions: Sessions;
	readonly duplicates = new DuplicateKeys();
	readonly id: string;
	/** Where the org is now. */
	instanceUrl = '';
	/** Stands for login.salesforce.com. */
	loginUrl = '';
	/** Its My Domain, which stays the same when the org moves. */
	domainUrl = '';
	/** Requests counted in the last 24 hours. */
	apiRequests = 0;
	/** When an object or field was changed last, in milliseconds. */
	schemaChangedAt: number;
	/** Requests that are being handled, and since when. */
	readonly running = new Map<object, number>();
	/** Apex classes below /services/apexrest, by path. */
	readonly apex = new Map<string, ApexClass>([['/echo', echo]]);
	/** Reports that can be run. */
	readonly reports: ReportDefinition[];
	/** What can be invoked below /actions. */
	readonly actions: Action[] = [...usualActions];

	constructor(settings: OrgSettings, clock: OrgClock, apps: Apps) {
		this.settings = settings;
		this.clock = clock;
		this.apps = apps;
		this.schemaChangedAt = clock.now();
		this.schema = standardSchema(settings.generatedObjects);
		this.store = new Store(this.schema, clock);
		this.sessions = new Sessions(clock, settings);
		this.store.listen((changes) => {
			for (const { row } of changes) this.duplicates.add(this.store.table(row.object).type, row);
		});
		this.id = plant(this.store);
		this.reports = plantReports(this.store);
	}

	/** The user with this name. */
	userNamed(username: string) {
		return this.store.table('User').having('Username', username)[0];
	}
}

export const adminName = 'admin@sandbox.example';
export const integrationName = 'integration@sandbox.example';

/** What an org has on its first day: itself, users, queues, record types. Returns its id. */
function plant(store: Store): string {
	const profile = store.insert('Profile', { Name: 'System Administrator', UserType: 'Standard' });
	const userOf = (FirstName: string, LastName: string, Username: string) =>
		store.insert('User', {
			FirstName,
			LastName,
			Username,
			Email: Username,
			Alias: FirstName.toLowerCase().slice(0, 8),
			CommunityNickname: FirstName.toLowerCase(),
			TimeZoneSidKey: 'GMT',
			ProfileId: profile,
		});
	const admin = userOf('Ada', 'Admin', adminName);
	store.systemUserId = admin;
	for (const id of [profile, admin]) {
		store.update(id, { CreatedById: admin, LastModifiedById: admin }, admin);
	}
	userOf('Ingo', 'Integration', integrationName);
	const organization = store.insert('Organization', {
		Name: 'Sandbox Example GmbH',
		OrganizationType: 'Developer Edition',
		InstanceName: 'SBX1',
		IsSandbox: true,
	});
	const queue = (Name: string, DeveloperName: string) =>
		store.insert('Group', { Name, DeveloperName, Type: 'Queue' });
	const rules = { Lead: queue('New Leads', 'New_Leads'), Case: queue('Support', 'Support') };
	for (const [n, [object, ownerId]] of Object.entries(rules).entries()) {
		const type = store.schema.get(object);
		if (type) type.assignmentRule = { id: `01QSb000000000${n}`, ownerId };
	}
	for (const { name: SobjectType, recordTypes } of store.schema.all()) {
		for (const { name: Name, developerName: DeveloperName } of recordTypes) {
			store.insert('RecordType', { Name, DeveloperName, SobjectType });
		}
	}
	const status = (MasterLabel: string, SortOrder: number, more = {}) =>
		store.insert('LeadStatus', { MasterLabel, ApiName: MasterLabel, SortOrder, ...more });
	status('Open - Not Contacted', 1, { IsDefault: true });
	status('Working - Contacted', 2);
	status('Closed - Converted', 3, { IsConverted: true });
	status('Closed - Not Converted', 4);
	store.insert('ProcessDefinition', {
		Name: 'Invoice Approval',
		DeveloperName: 'Invoice_Approval',
		Type: 'Approval',
		TableEnumOrId: 'Invoice__c',
		State: 'Active',
	});
	store.insert('FlowDefinitionView', {
		ApiName: 'Score_Lead',
		Label: 'Score Lead',
		ProcessType: 'AutoLaunchedFlow',
		IsActive: true,
	});
	return organization;
}
