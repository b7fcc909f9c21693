import type { ICredentialDataDecryptedObject, IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Engine } from '../engine/engine';
import { openLdap } from './ldap.house';
import { openS3 } from './s3.house';
import { openSalesforce } from './salesforce.house';

/** How one operation is called, `count` times in one run. */
export interface Example {
	/** values of its fields, with expressions on the items */
	parameters: IDataObject;
	/** items that it succeeds with, each time it is asked; what they need is made */
	items(count: number): Promise<INodeExecutionData[]>;
	/** the server has no way to say why it refuses */
	mute?: boolean;
	/** it sends nothing, so no server can refuse it or keep it waiting */
	silent?: boolean;
	/** it asks for what other operations ask for as well before they begin */
	about?: 'items' | 'server';
}

/** A system to run all operations of a node against, with its faults under control. */
export interface House {
	credentials: Record<string, ICredentialDataDecryptedObject>;
	/** what must never be seen outside */
	secrets: string[];
	/** by "resource.operation" */
	examples: Record<string, Example>;
	/** The first request is answered last. */
	delayFirst(ms: number, about?: Example['about']): void;
	/** The request that is about the last item fails for good, in these words. */
	refuse(words: string, times?: number, about?: Example['about']): void;
	/** status in the record of an item that was refused so */
	refusedWith: number;
	/** No request is answered. */
	hang(about?: Example['about']): void;
	/** Ends all faults. */
	heal(): void;
	/** requests that have arrived, not counting those to sign in */
	requests(): number;
	/** connections that are open; where one carries many requests: those that hang and were not taken back */
	held(): number;
	/** what the test button must answer to */
	credentialCases: CredentialCase[];
	close(): Promise<void>;
}

/** A credential as somebody may have typed it in, and what the test button should say. */
export interface CredentialCase {
	what: 'good' | 'wrong secret' | 'unreachable host' | 'not allowed';
	/** name of the credential type */
	type: string;
	data: ICredentialDataDecryptedObject;
	/** a good one says who answers, a bad one what is wrong and what to do */
	says: RegExp;
	/** puts the system into the state in question */
	before?: () => void;
}

/** For each node of the package, by its name, what it needs to be run. */
export const houses: Record<string, (engine: Engine) => Promise<House>> = {
	ldap: openLdap,
	s3: openS3,
	salesforce: openSalesforce,
};
