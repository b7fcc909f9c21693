import { json, type Answer } from '../answer.ts';
import { objectBody } from '../body.ts';
import { refusal } from '../errors.ts';
import { makeId, normalId } from '../ids.ts';
import type { Org } from '../org.ts';
import type { Call, Route } from '../router.ts';
import type { ReportDefinition } from './definitions.ts';
import { attributesOf, extendedMetadata, metadata, results, tableOf } from './run.ts';
import { workbook } from './workbook.ts';

/** A report that was started and goes on by itself. */
interface Instance {
	id: string;
	report: ReportDefinition;
	body: unknown;
	details: boolean;
	ownerId: string;
	requestDate: string;
	/** Asked for once, it is still running; then it is done. */
	asked: number;
}

const instances = new WeakMap<Org, Instance[]>();

const instancesOf = (org: Org): Instance[] => {
	const known = instances.get(org) ?? [];
	instances.set(org, known);
	return known;
};

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

function reportOf({ org, params }: Call): ReportDefinition {
	const id = normalId(params.report ?? '');
	const found = org.reports.find((one) => one.id === id);
	if (found) return found;
	throw refusal(
		'NOT_FOUND',
		'The data you were trying to access could not be found. It may be due to another user deleting the data or a system error. If you know the data is not deleted but cannot access it, please look at our support page.',
	);
}

/** Whether the detail rows are wanted. */
const detailed = ({ request }: Call) => request.query.get('includeDetails') === 'true';

const bodyOf = ({ request }: Call): unknown =>
	request.body.length > 0 ? objectBody(request) : undefined;

function run(call: Call): Answer {
	const report = reportOf(call);
	if ((call.request.headers.accept ?? '').includes(xlsx)) {
		const body = workbook(tableOf(call, report, bodyOf(call)));
		const name = `${report.developerName}.xlsx`;
		const headers = {
			'content-type': xlsx,
			'content-disposition': `attachment; filename="${name}"`,
		};
		return { status: 200, headers, body };
	}
	return json(results(call, report, bodyOf(call), detailed(call)));
}

const shownInstance = ({ base, org }: Call, one: Instance) => {
	const done = one.asked > 1;
	return {
		completionDate: done ? org.clock.stamp().replace('.000+0000', 'Z') : null,
		hasDetailRows: one.details,
		id: one.id,
		ownerId: one.ownerId,
		requestDate: one.requestDate,
		status: one.asked === 0 ? 'New' : done ? 'Success' : 'Running',
		url: `${base}/analytics/reports/${one.report.id}/instances/${one.id}`,
	};
};

function start(call: Call): Answer {
	const list = instancesOf(call.org);
	const made: Instance = {
		id: makeId('0LG', list.length + 1),
		report: reportOf(call),
		body: bodyOf(call),
		details: detailed(call),
		ownerId: call.session.userId,
		requestDate: call.org.clock.stamp().replace('.000+0000', 'Z'),
		asked: 0,
	};
	list.push(made);
	return json(shownInstance(call, made));
}

function instance(call: Call): Answer {
	const report = reportOf(call);
	const found = instancesOf(call.org).find(({ id }) => id === normalId(call.params.instance ?? ''));
	if (!found) throw refusal('NOT_FOUND', 'The report instance could not be found.');
	found.asked++;
	const { status, completionDate, requestDate, ownerId } = shownInstance(call, found);
	const attributes = {
		completionDate,
		errorMessage: null,
		id: found.id,
		ownerId,
		queryable: false,
		reportId: report.id,
		reportName: report.name,
		requestDate,
		status,
		type: 'ReportInstance',
	};
	if (status !== 'Success') return json({ attributes });
	return json({ ...results(call, report, found.body, found.details), attributes });
}

export const reportRoutes: Route[] = [
	{
		method: 'GET',
		path: '/analytics/reports',
		handle: (call) =>
			json(
				call.org.reports.map((report) => {
					const url = `${call.base}/analytics/reports/${report.id}`;
					const { describeUrl, instancesUrl } = attributesOf(call, report);
					return {
						describeUrl,
						fieldsUrl: `${url}/fields`,
						id: report.id,
						instancesUrl,
						name: report.name,
						url,
					};
				}),
			),
	},
	{ method: 'GET', path: '/analytics/reports/:report', handle: run },
	{ method: 'POST', path: '/analytics/reports/:report', handle: run },
	{
		method: 'GET',
		path: '/analytics/reports/:report/describe',
		handle(call) {
			const report = reportOf(call);
			const table = tableOf(call, report, undefined);
			return json({
				attributes: attributesOf(call, report),
				reportExtendedMetadata: extendedMetadata(table),
				reportMetadata: metadata(report, table),
				reportTypeMetadata: { categories: [], label: `${report.object}s` },
			});
		},
	},
	{
		method: 'GET',
		path: '/analytics/reports/:report/instances',
		handle(call) {
			const report = reportOf(call);
			const own = instancesOf(call.org).filter((one) => one.report === report);
			return json(own.map((one) => shownInstance(call, one)));
		},
	},
	{ method: 'POST', path: '/analytics/reports/:report/instances', handle: start },
	{ method: 'GET', path: '/analytics/reports/:report/instances/:instance', handle: instance },
];
