import type { Dockerfile, Instruction } from "./model.ts";
import { externalBase, stageOf } from "./query.ts";

// Images whose /bin/sh is BusyBox's ash; their variants say so in the tag (node:22-alpine).
const ASH_BASES = /^(?:alpine|busybox|docker|wolfi-base|gliderlabs-alpine)$/;

// Systems whose /bin/sh is bash: the families of Red Hat, SUSE and Arch, and what is built on them.
const BASH_BASES =
  /centos|fedora|rhel|ubi\d|redhat|rocky|alma|oraclelinux|amazonlinux|azurelinux|mariner|photon|suse|leap|tumbleweed|bci-|arch|manjaro|gentoo|mageia|clearlinux|openeuler|(?:^|[/-])bash|[:-](?:c\d+s?|el\d+|f\d\d|amzn|al20)/;

/** What `/bin/sh` of the image is that the instruction's stage begins with; `undefined` when it cannot be told. */
export function shellOfBase(
  dockerfile: Dockerfile,
  node: Instruction,
): "ash" | "bash" | "dash" | undefined {
  const stage = stageOf(dockerfile, node);
  if (stage === undefined) return undefined;
  const {
    repository,
    reference,
    tag = "",
    isNameKnown,
    isResolved,
  } = externalBase(dockerfile, stage);
  const name = repository.slice(repository.lastIndexOf("/") + 1);
  if (ASH_BASES.test(name) || /alpine|busybox/.test(`${name}:${tag}`)) return "ash";
  if (BASH_BASES.test(reference.toLowerCase())) return "bash";
  return isNameKnown && isResolved ? "dash" : undefined;
}
