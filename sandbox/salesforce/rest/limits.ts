import { json } from '../answer.ts';
import type { Route } from '../router.ts';
import { fieldList } from './sobjects.ts';

/** Limits that this server does not count; Max as in an org of the Developer Edition. */
const uncounted: Record<string, number> = {
	AnalyticsExternalDataSizeMB: 40960,
	ConcurrentAsyncGetReportInstances: 200,
	ConcurrentEinsteinDataInsightsStoryCreation: 5,
	ConcurrentSyncReportRuns: 20,
	DailyAnalyticsDataflowJobExecutions: 60,
	DailyAsyncApexExecutions: 250000,
	DailyBulkApiBatches: 15000,
	DailyBulkV2QueryFileStorageMB: 976562,
	DailyBulkV2QueryJobs: 10000,
	DailyDurableGenericStreamingApiEvents: 10000,
	DailyDurableStreamingApiEvents: 10000,
	DailyGenericStreamingApiEvents: 10000,
	DailyStandardVolumePlatformEvents: 10000,
	DailyStreamingApiEvents: 10000,
	DailyWorkflowEmails: 1000,
	DataStorageMB: 1024,
	DurableStreamingApiConcurrentClients: 20,
	FileStorageMB: 1024,
	HourlyAsyncReportRuns: 1200,
	HourlyDashboardRefreshes: 200,
	HourlyDashboardResults: 5000,
	HourlyLongTermIdMapping: 100000,
	HourlyManagedContentPublicRequests: 50000,
	HourlyODataCallout: 20000,
	HourlyPublishedPlatformEvents: 50000,
	HourlyPublishedStandardVolumePlatformEvents: 1000,
	HourlyShortTermIdMapping: 100000,
	HourlySyncReportRuns: 500,
	HourlyTimeBasedWorkflow: 1000,
	MassEmail: 10,
	MonthlyPlatformEventsUsageEntitlement: 0,
	PermissionSets: 1500,
	SingleEmail: 15,
	StreamingApiConcurrentClients: 20,
};

export const limitRoutes: Route[] = [
	{
		method: 'GET',
		path: '/limits',
		handle({ org }) {
			const { dailyApiRequests } = org.settings;
			const names = Object.keys(uncounted).map((name) => {
				const Max = uncounted[name] ?? 0;
				return [name, { Max, Remaining: Max }] as const;
			});
			const Remaining = Math.max(0, dailyApiRequests - org.apiRequests);
			const limits = [
				...names,
				['DailyApiRequests', { Max: dailyApiRequests, Remaining }] as const,
			];
			return json(Object.fromEntries(limits.sort(([a], [b]) => (a < b ? -1 : 1))));
		},
	},
	{
		/** https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_record_count.htm */
		method: 'GET',
		path: '/limits/recordCount',
		handle({ org, request }) {
			const names = fieldList(request.query.get('sObjects'));
			const types = names
				? names.flatMap((name) => org.schema.get(name) ?? [])
				: org.schema.all().filter(({ queryable }) => queryable);
			return json({
				sObjects: types.map(({ name }) => ({ count: org.store.count(name), name })),
			});
		},
	},
];
