/** Root may read and write everything; this runs a command line as nobody. */
export const WITHOUT_RIGHTS = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
