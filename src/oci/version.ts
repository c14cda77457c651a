/** The version of the runtime specification that tguard implements. */
export const OCI_VERSION = "1.3.0";
