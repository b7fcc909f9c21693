// https://www.rfc-editor.org/rfc/rfc4512 section 1.4 and 2.5. The underscore is not of the RFC but in
// the names of several directories.
const NAME = /^(?:[A-Za-z][\w-]*|\d+(?:\.\d+)*)$/;
const ATTRIBUTE = /^(?:[A-Za-z][\w-]*|\d+(?:\.\d+)*)(?:;[\w-]+)*$/;

/** The name or OID of an attribute type, an object class or a matching rule. */
export const isNameOrOid = (text: string): boolean => NAME.test(text);

/** An attribute with its options, such as "cn", "2.5.4.3" or "userCertificate;binary". */
export const isAttributeDescription = (text: string): boolean => ATTRIBUTE.test(text);
