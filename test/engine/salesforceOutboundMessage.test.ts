import { salesforceOutboundMessageSuite } from './salesforceOutboundMessage.suite';

salesforceOutboundMessageSuite();
