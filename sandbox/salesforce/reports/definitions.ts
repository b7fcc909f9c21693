import type { Store } from '../store/store.ts';

/** A report: which fields of which object, and by what its rows are grouped. */
export interface ReportDefinition {
	id: string;
	name: string;
	developerName: string;
	object: string;
	/** Paths of SOQL. */
	columns: string[];
	groupBy?: string;
	/** Field whose sum stands beside the number of rows. */
	sum?: string;
}

const usual: Array<Omit<ReportDefinition, 'id'>> = [
	{
		name: 'All Leads',
		developerName: 'All_Leads',
		object: 'Lead',
		columns: ['Name', 'Company', 'Email', 'Status', 'AnnualRevenue'],
	},
	{
		name: 'Accounts by Industry',
		developerName: 'Accounts_by_Industry',
		object: 'Account',
		columns: ['Name', 'AnnualRevenue', 'CreatedDate', 'Owner.Name'],
		groupBy: 'Industry',
		sum: 'AnnualRevenue',
	},
];

/** Makes the reports an org has from the beginning. */
export function plantReports(store: Store): ReportDefinition[] {
	return usual.map((one) => ({
		...one,
		id: store.insert('Report', {
			Name: one.name,
			DeveloperName: one.developerName,
			FolderName: 'Public Reports',
			Format: one.groupBy ? 'Summary' : 'Tabular',
		}),
	}));
}
