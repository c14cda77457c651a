/*
 * Releases of the images that Dockerfiles start from, and the day after which their makers mend nothing any more.
 * The days are those the makers published by TABLE_DATE; what ends later is in the table too, so that an audit can
 * ask about another day. Sources: debian.org/releases and wiki.debian.org/LTS, ubuntu.com/about/release-cycle,
 * alpinelinux.org/releases, nodejs/Release, devguide.python.org/versions, ruby-lang.org/downloads/branches,
 * php.net/eol.php, dotnet.microsoft.com support policy, centos.org, Oracle's Java SE roadmap.
 */

/** Day (UTC) up to which the table counts a release as ended unless asked about another one. */
export const TABLE_DATE = "2026-12-01";

/** Lines of `release day`, parted by commas; `release` is the beginning of a tag. */
const RELEASES: Readonly<Record<string, string>> = {
  debian:
    "6 2016-02-29, 7 2018-05-31, 8 2020-06-30, 9 2022-06-30, 10 2024-06-30, 11 2026-08-31, 12 2028-06-30, squeeze 2016-02-29, wheezy 2018-05-31, jessie 2020-06-30, stretch 2022-06-30, buster 2024-06-30, bullseye 2026-08-31, bookworm 2028-06-30",
  ubuntu:
    "12.04 2017-04-28, 14.04 2019-04-25, 16.04 2021-04-30, 16.10 2017-07-20, 17.04 2018-01-13, 17.10 2018-07-19, 18.04 2023-05-31, 18.10 2019-07-18, 19.04 2020-01-23, 19.10 2020-07-17, 20.04 2025-05-31, 20.10 2021-07-22, 21.04 2022-01-20, 21.10 2022-07-14, 22.04 2027-04-30, 22.10 2023-07-20, 23.04 2024-01-25, 23.10 2024-07-11, 24.10 2025-07-10, precise 2017-04-28, trusty 2019-04-25, xenial 2021-04-30, bionic 2023-05-31, focal 2025-05-31, jammy 2027-04-30",
  alpine:
    "2.6 2015-11-01, 2.7 2015-11-01, 3.1 2016-11-01, 3.2 2017-05-01, 3.3 2017-11-01, 3.4 2018-05-01, 3.5 2018-11-01, 3.6 2019-05-01, 3.7 2019-11-01, 3.8 2020-05-01, 3.9 2020-11-01, 3.10 2021-05-01, 3.11 2021-11-01, 3.12 2022-05-01, 3.13 2022-11-01, 3.14 2023-05-01, 3.15 2023-11-01, 3.16 2024-05-23, 3.17 2024-11-22, 3.18 2025-05-09, 3.19 2025-11-01, 3.20 2026-04-01, 3.21 2026-11-01, 3.22 2027-05-01",
  node: "0 2016-12-31, 4 2018-04-30, 5 2016-06-30, 6 2019-04-30, 7 2017-06-30, 8 2019-12-31, 9 2018-06-30, 10 2021-04-30, 11 2019-06-01, 12 2022-04-30, 13 2020-06-01, 14 2023-04-30, 15 2021-06-01, 16 2023-09-11, 17 2022-06-01, 18 2025-04-30, 19 2023-06-01, 20 2026-04-30, 21 2024-06-01, 22 2027-04-30, 23 2025-06-01, 24 2028-04-30, argon 2018-04-30, boron 2019-04-30, carbon 2019-12-31, dubnium 2021-04-30, erbium 2022-04-30, fermium 2023-04-30, gallium 2023-09-11, hydrogen 2025-04-30, iron 2026-04-30, jod 2027-04-30",
  python:
    "2 2020-01-01, 3.2 2016-02-20, 3.3 2017-09-29, 3.4 2019-03-18, 3.5 2020-09-30, 3.6 2021-12-23, 3.7 2023-06-27, 3.8 2024-10-07, 3.9 2025-10-31, 3.10 2026-10-31, 3.11 2027-10-31, 3.12 2028-10-31, 3.13 2029-10-31",
  ruby: "1 2015-02-23, 2 2023-03-31, 2.0 2016-02-24, 2.1 2017-03-31, 2.2 2018-03-31, 2.3 2019-03-31, 2.4 2020-03-31, 2.5 2021-03-31, 2.6 2022-04-12, 2.7 2023-03-31, 3.0 2024-04-23, 3.1 2025-03-26, 3.2 2026-03-31, 3.3 2027-03-31, 3.4 2028-03-31",
  php: "5 2018-12-31, 7 2022-11-28, 7.0 2019-01-10, 7.1 2019-12-01, 7.2 2020-11-30, 7.3 2021-12-06, 7.4 2022-11-28, 8.0 2023-11-26, 8.1 2025-12-31, 8.2 2026-12-31, 8.3 2027-12-31, 8.4 2028-12-31",
  centos:
    "5 2017-03-31, 6 2020-11-30, 7 2024-06-30, 8 2021-12-31, centos5 2017-03-31, centos6 2020-11-30, centos7 2024-06-30, centos8 2021-12-31, latest 2021-12-31",
  // The image itself was given up in 2022; the long-term releases live on elsewhere and are left out.
  openjdk:
    "6 2018-12-31, 7 2022-07-31, 9 2018-03-20, 10 2018-09-25, 12 2019-09-17, 13 2020-03-17, 14 2020-09-15, 15 2021-03-16, 16 2021-09-14, 18 2022-09-20, 19 2023-03-21, 20 2023-09-19",
  dotnet:
    "1.0 2019-06-27, 1.1 2019-06-27, 2.0 2018-10-01, 2.1 2021-08-21, 2.2 2019-12-23, 3.0 2020-03-03, 3.1 2022-12-13, 5.0 2022-05-10, 6.0 2024-11-12, 7.0 2024-05-14, 8.0 2026-11-10, 9.0 2026-11-10",
};

type Table = ReadonlyMap<string, string>;

const TABLES: ReadonlyMap<string, Table> = new Map(
  Object.entries(RELEASES).map(([product, lines]) => [
    product,
    new Map(lines.split(", ").map((line) => line.split(" ", 2) as [string, string])),
  ]),
);

/** A release that a tag names. */
export interface Release {
  /** `debian`, `python`, … */
  readonly product: string;
  /** As in the table: `3.8`, `buster`. */
  readonly name: string;
  /** Last day of support, `YYYY-MM-DD`. */
  readonly endOfLife: string;
}

/** Releases that a tag of a product names, the product's own first: `3.12-slim-buster` of python is Debian's buster too. */
export function releasesOf(product: string, tag: string): readonly Release[] {
  const [own = "", ...variants] = tag.split("-");
  const found = [find(product, own)];
  for (const variant of variants) {
    if (variant.startsWith("alpine")) found.push(find("alpine", variant.slice("alpine".length)));
    // A number would be a version of something else.
    else if (/^[a-z]+$/.test(variant)) found.push(find("debian", variant), find("ubuntu", variant));
  }
  if (product !== "debian" && product !== "ubuntu" && /^[a-z]+$/.test(own))
    found.push(find("debian", own));
  return found.filter((release) => release !== undefined);
}

/** The entry for the longest beginning of a version: of `3.8.20` that of `3.8`, else that of `3`. */
function find(product: string, version: string): Release | undefined {
  const table = TABLES.get(product);
  if (table === undefined) return undefined;
  // `v3.18` was a tag of alpine's.
  const parts = version.replace(/^v(?=\d)/, "").split(".", 3);
  for (let count = parts.length; count > 0; count--) {
    const name = parts.slice(0, count).join(".");
    const endOfLife = table.get(name);
    if (endOfLife !== undefined) return { product, name, endOfLife };
  }
  return undefined;
}
