import rule from "../../../src/rules/dockerfile/platform-not-of-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM arm64v8/debian:12
    `,
    `
    FROM --platform=linux/arm64/v8 arm64v8/debian:12
    `,
    `
    FROM --platform=linux/arm64 docker.io/arm64v8/debian
    `,
    `
    FROM --platform=$BUILDPLATFORM arm64v8/debian:12
    `,
    `
    FROM --platform=linux/amd64 debian:12
    `,
    `
    FROM --platform=amd64 app:1.2-x86_64
    `,
    `
    FROM --platform=linux/arm/v7 arm32v7/debian
    `,
    `
    FROM --platform=windows/amd64 mcr.microsoft.com/windows/nanoserver:ltsc2022
    `,
    `
    FROM --platform=linux arm64v8/debian
    `,
    `
    # Another registry's team may be called so.
    FROM --platform=linux/amd64 registry.example/arm64v8/debian
    `,
    `
    FROM --platform=linux/amd64 debian AS app-arm64
    FROM --platform=linux/amd64 app-arm64
    `,
    `
    FROM --platform=linux/amd64 arm64v8/$IMAGE
    `,
  ],
  found: [
    `
    FROM --platform=linux/amd64 arm64v8/debian:12
                    ~~~~~~~~~~~ "arm64v8/debian" is an image for "arm64v8", not for "linux/amd64"
    FROM --platform=arm64 amd64/debian
                    ~~~~~ "amd64/debian" is an image for "amd64", not for "arm64"
    `,
    `
    FROM --platform=linux/arm64 registry.example/app:1.2-amd64
                    ~~~~~~~~~~~ "registry.example/app" is an image for "amd64", not for "linux/arm64"
    `,
    `
    from --platform=linux/arm64 registry.example/app-amd64:1.2
                    ~~~~~~~~~~~ "registry.example/app-amd64" is an image for "amd64", not for "linux/arm64"
    `,
    `
    ARG PLATFORM=linux/amd64
    FROM --platform=$PLATFORM s390x/debian
                    ~~~~~~~~~ "s390x/debian" is an image for "s390x", not for "linux/amd64"
    `,
    `
    FROM --platform=linux/amd64 \\
                    ~~~~~~~~~~~ "mcr.microsoft.com/windows/servercore" is an image for "windows", not for "linux/amd64"
      mcr.microsoft.com/windows/servercore:ltsc2022
    `,
    `
    FROM --platform=linux windows-amd64/golang
                    ~~~~~ "windows-amd64/golang" is an image for "windows-amd64", not for "linux"
    `,
  ],
});
