// Passwords, their hashes, and keys, of all servers; the first two by their OIDs as well.
const SECRETS: ReadonlySet<string> = new Set(
	`userPassword unicodePwd authPassword unixUserPassword clearPassword dBCSPwd ntPwdHistory lmPwdHistory
		supplementalCredentials sambaNTPassword sambaLMPassword sambaPasswordHistory pwdHistory olcRootPW
		ms-Mcs-AdmPwd msLAPS-Password msLAPS-EncryptedPassword msLAPS-EncryptedPasswordHistory
		msLAPS-EncryptedDSRMPassword msLAPS-EncryptedDSRMPasswordHistory msDS-ManagedPassword
		krbPrincipalKey krbMKey krb5Key initialAuthIncoming initialAuthOutgoing trustAuthIncoming
		trustAuthOutgoing currentValue priorValue msFVE-RecoveryPassword msFVE-KeyPackage
		pgpKeyPGPPrivate ipaNTHash 2.5.4.35 1.2.840.113556.1.4.90`
		.toLowerCase()
		.split(/\s+/),
);

/** Whether the values of an attribute are nothing to be shown to whoever did not ask for them by name. */
export const isSecretAttribute = (description: string): boolean =>
	SECRETS.has(description.split(';')[0]?.trim().toLowerCase() ?? '');
