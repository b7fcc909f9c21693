import type { AttributeType } from '../schema';
import { duration, fileTime } from './activeDirectoryTime';
import { blob, certificate, jpeg, keyStore, octets, revocations } from './bytes';
import { guid } from './guid';
import { sid } from './sid';
import { boolean, integer, text, unicodePassword } from './text';
import { generalizedTime, utcTime } from './time';
import type { ValueType } from './valueType';

const RFC_4517 = '1.3.6.1.4.1.1466.115.121.1.';

// All others are text. Numbers of RFC 2252 and RFC 4517, and those of Microsoft, OpenLDAP and RSA.
const BY_SYNTAX: ReadonlyMap<string, ValueType> = new Map([
	[`${RFC_4517}4`, blob], // audio
	[`${RFC_4517}5`, blob], // binary
	[`${RFC_4517}7`, boolean],
	[`${RFC_4517}8`, certificate],
	[`${RFC_4517}9`, revocations],
	[`${RFC_4517}10`, blob], // certificate pair
	[`${RFC_4517}23`, blob], // fax
	[`${RFC_4517}24`, generalizedTime],
	[`${RFC_4517}27`, integer],
	[`${RFC_4517}28`, jpeg],
	[`${RFC_4517}40`, octets],
	[`${RFC_4517}49`, blob], // supported algorithm
	[`${RFC_4517}53`, utcTime],
	['1.2.840.113556.1.4.906', integer], // large integer
	['1.2.840.113556.1.4.907', blob], // security descriptor
	['1.2.840.113549.1.8.1.1', blob], // PKCS #8 private key
	['1.3.6.1.4.1.4203.666.11.10.2.1', blob], // X.509 attribute certificate
]);

// What the syntax alone does not say, whichever server has such an attribute.
const BY_NAME: ReadonlyMap<string, ValueType> = new Map(
	(
		[
			// Octets that are text wherever they are used.
			[text, 'userPassword', 'unixUserPassword', 'authPassword', 'olcRootPW', 'sshPublicKey'],
			[unicodePassword, 'unicodePwd'],
			// Octets that are no text: Active Directory has no syntaxes for them.
			[jpeg, 'jpegPhoto', 'thumbnailPhoto', 'thumbnailLogo', 'photo'],
			[certificate, 'userCertificate', 'cACertificate', 'userCert'],
			[revocations, 'certificateRevocationList', 'authorityRevocationList', 'deltaRevocationList'],
			[keyStore, 'userPKCS12'],
			[blob, 'audio', 'userSMIMECertificate', 'crossCertificatePair', 'logonHours'],
			[
				sid,
				'objectSid',
				'sIDHistory',
				'securityIdentifier',
				'tokenGroups',
				'tokenGroupsGlobalAndUniversal',
				'tokenGroupsNoGCAcceptable',
				'mS-DS-CreatorSID',
				'msDS-QuotaTrustee',
				'msAuthz-CentralAccessPolicyID',
				'msExchMasterAccountSid',
				'syncWithSID',
			],
			[
				guid,
				'objectGUID',
				'parentGUID',
				'schemaIDGUID',
				'attributeSecurityGUID',
				'siteGUID',
				'invocationId',
				'netbootGUID',
				'currMachineId',
				'fRSReplicaSetGUID',
				'fRSVersionGUID',
				'pKTGuid',
				'mS-DS-ConsistencyGuid',
				'msDS-AzObjectGuid',
				'msDS-DeviceID',
				'msDS-OptionalFeatureGUID',
				'msDFSR-ContentSetGuid',
				'msDFSR-ReplicationGroupGuid',
				'msDFS-GenerationGUIDv2',
				'msDFS-LinkIdentityGUIDv2',
				'msDFS-NamespaceIdentityGUIDv2',
				'msExchArchiveGUID',
				'msExchMailboxGuid',
				'msFVE-RecoveryGuid',
				'msFVE-VolumeGuid',
			],
			[
				fileTime,
				'accountExpires',
				'badPasswordTime',
				'creationTime',
				'lastBackupRestorationTime',
				'lastLogoff',
				'lastLogon',
				'lastLogonTimestamp',
				'lastSetTime',
				'lockoutTime',
				'lSACreationTime',
				'priorSetTime',
				'pwdLastSet',
				'ms-Mcs-AdmPwdExpirationTime',
				'msDS-ApproximateLastLogonTimeStamp',
				'msDS-Cached-Membership-Time-Stamp',
				'msDS-LastFailedInteractiveLogonTime',
				'msDS-LastSuccessfulInteractiveLogonTime',
				'msDS-UserPasswordExpiryTimeComputed',
				'msKds-CreateTime',
				'msKds-UseStartTime',
				'msLAPS-PasswordExpirationTime',
			],
			[
				duration,
				'forceLogoff',
				'lockoutDuration',
				'lockOutObservationWindow',
				'maxPwdAge',
				'minPwdAge',
				'msDS-LockoutDuration',
				'msDS-LockoutObservationWindow',
				'msDS-MaximumPasswordAge',
				'msDS-MinimumPasswordAge',
			],
		] satisfies Array<[ValueType, ...string[]]>
	).flatMap(([type, ...names]) => names.map((name) => [name.toLowerCase(), type])),
);

/**
 * How values of the attribute are written.
 * @param name one of its names, or its OID, without options
 * @param attribute what the schema says about it; not known: text
 */
export const valueTypeOf = (name: string, attribute: AttributeType | undefined): ValueType =>
	[name, ...(attribute?.names ?? [])]
		.map((one) => BY_NAME.get(one.toLowerCase()))
		.find((known) => known !== undefined) ??
	BY_SYNTAX.get(attribute?.syntax ?? '') ??
	text;
