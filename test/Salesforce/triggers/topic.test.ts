import { topicOf } from '../../../nodes/Salesforce/triggers/events/mechanisms';
import { pubSubOrigin } from '../../../nodes/Salesforce/transport/events/endpoint';

test.each([
	['Order__e', '/event/Order__e'],
	[' /event/Order__e ', '/event/Order__e'],
	['AccountChangeEvent', '/data/AccountChangeEvent'],
	['Invoice__ChangeEvent', '/data/Invoice__ChangeEvent'],
	['ChangeEvents', '/data/ChangeEvents'],
	['/data/Sales__chn', '/data/Sales__chn'],
	['/topic/Leads', '/topic/Leads'],
	['/u/notifications/all', '/u/notifications/all'],
	['BatchApexErrorEvent', '/event/BatchApexErrorEvent'],
])('the topic "%s" is %s', (written, topic) => {
	expect(topicOf(written)).toBe(topic);
});

test.each(['', 'a b', '/event/', 'https://evil.example.com', '/event/../x?y'])(
	'"%s" is no topic',
	(written) => {
		expect(() => topicOf(written)).toThrow('"Topic" is');
	},
);

test('a token goes to Salesforce, or to this machine, and nowhere else', () => {
	expect(pubSubOrigin('')).toBe('https://api.pubsub.salesforce.com:7443');
	expect(pubSubOrigin('api.deu.pubsub.salesforce.com:443')).toBe(
		'https://api.deu.pubsub.salesforce.com',
	);
	expect(pubSubOrigin('http://127.0.0.1:7011')).toBe('http://127.0.0.1:7011');
	for (const endpoint of [
		...['evil.example.com:7443', 'http://api.pubsub.salesforce.com:7443', '127.0.0.1.example.com'],
		...['pubsub.salesforce.com.example.com', 'evilpubsub.salesforce.com', '::'],
	])
		expect(() => pubSubOrigin(endpoint)).toThrow('"Endpoint"');
});
