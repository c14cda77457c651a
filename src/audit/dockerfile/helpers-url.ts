/** An address as a message may show it: without `user:password@`, query and fragment, which may hold secrets. */
export function shownUrl(url: string): string {
  const bare = url.replace(/[?#].*$/s, "").replace(/^(\w+:\/\/)[^/@]*@/, "$1");
  return bare.length > 120 ? `${bare.slice(0, 119)}…` : bare;
}

/** Host of an address, lower case, without port and user; `undefined` when it ends before the host does. */
export function hostOfUrl(url: string): string | undefined {
  const match = /^\w+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)(.?)/.exec(url);
  return match?.[2] === "" ? undefined : match?.[1]?.toLowerCase();
}
