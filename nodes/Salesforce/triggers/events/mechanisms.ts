import { cometdSubscription } from '../../transport/events/cometd';
import { pubSubSubscription } from '../../transport/events/pubSub';
import type { Subscription } from '../../transport/events/subscription';
import { invalidInput } from '../../../shared/resilience/failure';

export type Mechanism = 'pubSub' | 'cometd';

export const subscriptionBy = (by: Mechanism, origin: string): Subscription =>
	by === 'pubSub' ? pubSubSubscription({ origin }) : cometdSubscription;

/** PushTopics and generic events are on the Streaming API only. */
export const isOnlyCometd = (topic: string): boolean => /^\/(topic|u)\//.test(topic);

/**
 * A topic as Salesforce writes it: "Order__e" is "/event/Order__e", "AccountChangeEvent" is
 * "/data/AccountChangeEvent", what begins with "/" stays.
 * @throws Failure invalid, where it is none
 */
export function topicOf(written: string): string {
	const name = written.trim();
	const topic = name.startsWith('/') ? name : `/${folderOf(name)}/${name}`;
	if (/^\/\w+\/[\w/.-]+$/.test(topic)) return topic;
	throw invalidInput(
		`"Topic" is "${written}"`,
		'Write it as in /event/Order__e, /data/AccountChangeEvent or /data/ChangeEvents.',
	);
}

const folderOf = (name: string) => (/ChangeEvents?$/.test(name) ? 'data' : 'event');
