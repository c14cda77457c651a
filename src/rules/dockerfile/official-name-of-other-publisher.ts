import { dockerHubName, externalImages } from "../../audit/dockerfile/helpers-images.ts";
import { isOfficialImage } from "../../audit/dockerfile/helpers-official-images.ts";
import { defineRule, type Rule } from "../../audit/rule.ts";

const rule: Rule<"dockerfile"> = defineRule({
  meta: {
    id: "DF1460",
    name: "official-name-of-other-publisher",
    target: "dockerfile",
    severity: "medium",
    confidence: "low",
    summary: "Image of a user of Docker Hub has the name of an official image",
    why: "Everybody can publish `someone/nginx`. It looks like the image that Docker looks after, and is what one stranger made of it, and may make of it tomorrow.",
    howToFix:
      "Take the official image, or build one of your own from it. Publishers that the team trusts go into the option `publishers`.",
    bad: "FROM someone/nginx:1.28\n",
    good: "FROM nginx:1.28\n",
    since: "0.1.0",
    profile: "all",
    options: {
      publishers: {
        // Verified publishers and sponsored projects that build images under the names of official ones.
        default: [
          "bitnami",
          "bitnamilegacy",
          "bitnamisecure",
          "chainguard",
          "arm64v8",
          "arm32v7",
          "arm32v6",
          "arm32v5",
          "amd64",
          "i386",
          "ppc64le",
          "s390x",
          "riscv64",
          "mips64le",
          "circleci",
          "cimg",
          "jenkins",
          "grafana",
          "nginxinc",
          "redhat",
          "sonatype",
          "ubuntu",
          "vmware",
          "kong",
          "traefik",
        ],
        description: "Users and organisations of Docker Hub that are trusted",
      },
    },
    aliases: [],
    cwe: ["CWE-829", "CWE-1357"],
    references: ["https://docs.docker.com/docker-hub/image-library/trusted-content/"],
  },

  check(dockerfile, report, options) {
    const publishers = options.strings("publishers");
    for (const image of externalImages(dockerfile)) {
      const [publisher = "", name, more] = dockerHubName(image)?.split("/") ?? [];
      if (name === undefined || more !== undefined || !isOfficialImage(name)) continue;
      if (!publishers.includes(publisher))
        report(image.span, `"${publisher}/${name}" is not the official image "${name}"`);
    }
  },
});

export default rule;
