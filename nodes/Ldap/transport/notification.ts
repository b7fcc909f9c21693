import type { Control } from './search';

/**
 * LDAP_SERVER_NOTIFICATION_OID: Active Directory tells of changes as long as the search is open.
 * The filter has to be (objectClass=*), and the scope of a whole subtree needs the root of a naming
 * context. https://learn.microsoft.com/openspecs/windows_protocols/ms-adts/f14f3610-ee22-4d07-8a24-1bf1466cba5f
 */
export const NOTIFICATION = '1.2.840.113556.1.4.528';

export const notificationRequest: Control = { oid: NOTIFICATION, critical: true };

/** LDAP_SERVER_SHOW_DELETED_OID: a search finds what was deleted as well. */
export const SHOW_DELETED = '1.2.840.113556.1.4.417';

export const showDeleted: Control = { oid: SHOW_DELETED, critical: true };
