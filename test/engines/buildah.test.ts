import { beforeAll } from "vitest";
import { podmanConfiguration } from "./podman.ts";
import {
  bash,
  imageArchive,
  insideWorld,
  type Scenario,
  scenarios,
  worldFolder,
} from "./scenario.ts";

let environment: Record<string, string> = {};
const BB = "localhost/tg-busybox";

beforeAll(() => {
  if (!insideWorld) return;
  const folder = worldFolder("buildah");
  environment = podmanConfiguration(
    folder,
    "/var/lib/containers/buildah",
    "/run/containers/buildah",
  );
  environment["WORK"] = folder;
  const pulled = bash(
    `id=$(buildah pull -q docker-archive:${imageArchive()} | tail -1) && buildah tag $id ${BB}`,
    environment,
  );
  if (pulled.status !== 0) throw new Error(pulled.err);
}, 240_000);

const from = `c=$(buildah from --pull-never -q ${BB}) && `;
const run = "buildah run --runtime /usr/local/bin/tguard --isolation oci --network none";
const bud =
  "buildah bud -q --runtime /usr/local/bin/tguard --isolation oci --network none --pull-never";
const show = (image: string, file: string): string =>
  `c=$(buildah from --pull-never -q ${image}) && cat $(buildah mount $c)${file}`;
const clean = `buildah rm -a >/dev/null; [ -z "$(buildah containers -q)" ] && [ -z "$(find /run/tguard -maxdepth 1 -name 'buildah-*' 2>/dev/null)" ]`;

const list: readonly Scenario[] = [
  {
    name: "run: output, user, folder",
    run: `${from} ${run} --user app --workingdir /home/app --env K=v $c -- sh -c 'echo $K $PWD $(id -u)'`,
    out: "v /home/app 1000",
  },
  {
    name: "run ends with the program's status",
    run: `${from} ${run} $c -- sh -c 'exit 21'`,
    status: 21,
  },
  {
    name: "run -t has a terminal",
    run: `${from} on_terminal "${run} -t $c -- sh -c 'test -t 1 && echo ISTTY'"`,
    out: /ISTTY$/,
  },
  {
    name: "run: volume, capabilities",
    run: `mkdir $WORK/v; echo bv >$WORK/v/f; ${from} ${run} --cap-drop all -v $WORK/v:/d:ro $c -- sh -c 'cat /d/f; grep CapEff /proc/self/status | cut -f2'`,
    out: "bv\n0000000000000000",
  },
  {
    name: "bud: stages, arguments, users",
    run: `mkdir $WORK/b; printf 'FROM ${BB} AS a\\nARG V=1\\nRUN echo v$V >/out\\nUSER app\\nRUN id -u >/tmp/u\\nFROM ${BB}\\nCOPY --from=a /out /tmp/u /res/\\nRUN cat /res/out /res/u >/all\\n' >$WORK/b/Dockerfile
    ${bud} --build-arg V=9 -t localhost/b1 $WORK/b >/dev/null && ${show("localhost/b1", "/all")}`,
    out: "v9\n1000",
  },
  {
    name: "bud: bind, tmpfs and cache mounts",
    run: `mkdir $WORK/m; echo ctx >$WORK/m/f; printf 'FROM ${BB}\\nRUN --mount=type=bind,source=f,target=/f --mount=type=tmpfs,target=/t --mount=type=cache,target=/c cat /f >/out && touch /t/x /c/y\\n' >$WORK/m/Dockerfile
    ${bud} -t localhost/b2 $WORK/m >/dev/null && ${show("localhost/b2", "/out")}`,
    out: "ctx",
  },
  {
    name: "bud fails as RUN does",
    run: `mkdir $WORK/x; printf 'FROM ${BB}\\nRUN exit 17\\n' >$WORK/x/Dockerfile; ${bud} $WORK/x`,
    status: 17,
  },
];

scenarios("buildah", () => environment, clean, list);
