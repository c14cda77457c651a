/** Path of the init program inside the executable; the build puts it in, from source there is none. */
export const embeddedInit: string | undefined = undefined;
