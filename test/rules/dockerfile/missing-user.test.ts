import rule from "../../../src/rules/dockerfile/missing-user.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    USER app
    `,
    `
    FROM debian:12
    USER $APP
    `,
    `
    FROM debian:12 AS base
    USER app
    FROM base
    RUN true
    `,
    `
    FROM scratch
    COPY bin /
    `,
    "FROM gcr.io/distroless/static:nonroot\n",
    "FROM gcr.io/distroless/base-debian12:debug-nonroot\n",
    "FROM cgr.dev/chainguard/node:latest\n",
    "FROM chainguard/node\n",
    "FROM bitnami/nginx:1\n",
    "FROM docker:28-dind-rootless\n",
    "FROM $BASE\n",
    "FROM {{base}}\n",
    "FROM gcr.io/distroless/static:${TAG}\n",
    "FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled\n",
    "FROM mcr.microsoft.com/windows/nanoserver:ltsc2025\n",
    "FROM nginxinc/nginx-unprivileged:1.27\n",
    `
    FROM debian:12 AS build
    FROM debian:12
    USER app
    `,
    `
    ARG BASE=chainguard/node:22
    FROM $BASE
    `,
    "ARG A=1\n",
  ],
  found: [
    `
    FROM debian:12
         ~~~~~~~~~ no "USER" follows base image "debian:12", which is not known to set one
    `,
    `
    FROM node:22
         ~~~~~~~ no "USER" follows base image "node:22", which is not known to set one
    COPY . /app
    # starts it
    CMD ["node", "server.js"]
    `,
    `
    FROM debian:12 AS build
    USER app
    FROM --platform=linux/amd64 alpine:3.22 AS run
                                ~~~~~~~~~~~ no "USER" follows base image "alpine:3.22", which is not known to set one
    RUN true
    `,
    `
    FROM golang:1 AS build
    FROM scratch
         ~~~~~~~ image from "scratch" has no "USER", so it runs as root
    COPY --from=build /app /app
    ENTRYPOINT ["/app"]
    `,
    `
    FROM debian:12 AS base
    CMD ["a"]
    FROM base
         ~~~~ no "USER" follows base image "debian:12", which is not known to set one
    RUN true
    `,
    `
    FROM debian:12
         ~~~~~~~~~ no "USER" follows base image "debian:12", which is not known to set one
    ONBUILD USER app
    `,
    `
    FROM bitnami/minideb:bookworm
         ~~~~~~~~~~~~~~~~~~~~~~~~ no "USER" follows base image "bitnami/minideb:bookworm", which is not known to set one
    `,
    `
    FROM debian:\${TAG}
         ~~~~~~~~~~~~~ no "USER" follows base image "debian:\${TAG}", which is not known to set one
    `,
    `
    # escape=\`
    FROM mcr.microsoft.com/windows/servercore:ltsc2022
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ no "USER" follows base image "mcr.microsoft.com/windows/servercore:ltsc2022", which is not known to set one
    CMD ["cmd"]
    `,
    `
    # ü
    from \\
      # note
      debian:12
      ~~~~~~~~~ no "USER" follows base image "debian:12", which is not known to set one
    entrypoint /x
    run true
    `,
    `
    FROM gcr.io/distroless/static:latest
         ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ no "USER" follows base image "gcr.io/distroless/static:latest", which is not known to set one
    RUN <<EOF
    true
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM node:22
      COPY . /app
      EXPOSE 80
      # starts it
      CMD ["a"]
      `,
      after: `
      FROM node:22
      COPY . /app
      EXPOSE 80
      USER 65532:65532
      # starts it
      CMD ["a"]
      `,
    },
    {
      before: `
      FROM node:22
      CMD ["a"]
      RUN true
      `,
      after: `
      FROM node:22
      CMD ["a"]
      RUN true
      USER 65532:65532
      `,
    },
  ],
});
