/** Version of this program; a test compares it with package.json. */
export const version: string = "0.1.0";

/** Where people read about this program (`homepage` of package.json, compared by a test); `undefined` while it has no home. */
export const homepage: string | undefined = undefined;
