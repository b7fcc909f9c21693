import { ldapSuite } from './ldap.suite';

ldapSuite();
