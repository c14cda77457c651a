import { at, count, integer, items, type Namespaces, type Place, type Report } from "./place.ts";

/** The user namespace and its mappings. config-linux.md#user-namespace-mappings, user_namespaces(7). */
export function checkUserNamespace(config: Place, namespaces: Namespaces, report: Report): void {
  const linux = at(config, "linux");
  const user = namespaces.get("user");
  for (const key of ["uidMappings", "gidMappings"]) {
    const mappings = at(linux, key);
    checkMappings(mappings, report);
    if (user === undefined && count(mappings) > 0)
      report(
        mappings,
        "a user namespace in /linux/namespaces",
        'needs a user namespace: add {"type": "user"} to /linux/namespaces',
      );
    if (user === "new" && count(mappings) === 0)
      report(
        mappings,
        "at least one mapping",
        "must map at least one id, because /linux/namespaces asks for a new user namespace",
      );
  }
  if (user !== "new") return;
  // setresuid(2), setgroups(2): EINVAL for an id without mapping.
  const process = at(config, "process", "user");
  checkMapped(at(process, "uid"), at(linux, "uidMappings"), report);
  for (const gid of [at(process, "gid"), ...items(at(process, "additionalGids"))])
    checkMapped(gid, at(linux, "gidMappings"), report);
}

function checkMapped(id: Place, mappings: Place, report: Report): void {
  const wanted = integer(id);
  if (wanted === undefined || count(mappings) === 0) return;
  const isMapped = items(mappings).some((mapping) => {
    const first = integer(at(mapping, "containerID"));
    const size = integer(at(mapping, "size"));
    return first !== undefined && size !== undefined && wanted >= first && wanted < first + size;
  });
  if (!isMapped) report(id, `an id that ${mappings.pointer} maps`);
}

/** Most lines that the kernel takes in uid_map and gid_map. user_namespaces(7), since Linux 4.15. */
const MAX_MAPPINGS = 340;
/** user_namespaces(7): 2^32-1 is no id, so a range ends below it. */
const LAST_ID = 2 ** 32 - 2;

/** One list of id mappings: sizes, bounds and overlaps. user_namespaces(7), mount_setattr(2) for those of a mount. */
export function checkMappings(mappings: Place, report: Report): void {
  const all = items(mappings);
  if (all.length > MAX_MAPPINGS) {
    report(mappings, `at most ${MAX_MAPPINGS} mappings`);
    return;
  }
  for (const mapping of all) {
    const size = integer(at(mapping, "size"));
    if (size === 0) report(at(mapping, "size"), "1 or more");
    for (const key of ["containerID", "hostID"]) {
      const first = integer(at(mapping, key));
      if (first !== undefined && size !== undefined && first + size - 1 > LAST_ID)
        report(
          at(mapping, key),
          `an id so that the ${size} ids from it on end at ${LAST_ID} or below`,
        );
    }
  }
  for (const key of ["containerID", "hostID"]) checkOverlap(all, key, report);
}

function checkOverlap(mappings: readonly Place[], key: string, report: Report): void {
  const ranges = mappings
    .map((mapping) => ({
      mapping,
      first: integer(at(mapping, key)),
      size: integer(at(mapping, "size")),
    }))
    .filter((range) => range.first !== undefined && range.size !== undefined)
    .sort((a, b) => Number(a.first) - Number(b.first));
  let end = 0;
  let before: Place | undefined;
  for (const { mapping, first = 0, size = 0 } of ranges) {
    if (before !== undefined && first < end)
      report(
        at(mapping, key),
        "a range that overlaps no other",
        `must not overlap ${before.pointer}, which reaches to ${end - 1}`,
      );
    if (first + size <= end) continue;
    end = first + size;
    before = mapping;
  }
}
