import rule from "../../../src/rules/dockerfile/apt-without-authentication.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    RUN apt-get install -y curl && apt-get -o APT::Get::AllowUnauthenticated=false update
    `,
    `
    FROM debian:12
    RUN echo "deb [signed-by=/etc/apt/keyrings/x.gpg] https://example.com/ x main" > /etc/apt/sources.list.d/x.list
    `,
    `
    FROM debian:12
    RUN grep trusted=yes /etc/apt/sources.list && echo "trusted=yes is bad"
    `,
    `
    FROM debian:12
    RUN sed -i 's/deb \\[trusted=yes\\]/deb/' /etc/apt/sources.list
    `,
    `
    FROM debian:12
    RUN echo 'Acquire::AllowInsecureRepositories "false";' > /etc/apt/apt.conf.d/x
    `,
    `
    FROM debian:12
    COPY <<EOF /etc/motd
    Trusted: no
    EOF
    `,
  ],
  found: [
    `
    FROM debian:12
    RUN apt-get update --allow-insecure-repositories && apt-get install -y --allow-unauthenticated x
                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "--allow-insecure-repositories" skips the check of signatures
                                                                           ~~~~~~~~~~~~~~~~~~~~~~~ "--allow-unauthenticated" skips the check of signatures
    `,
    `
    FROM debian:12
    RUN apt-get -o APT::Get::AllowUnauthenticated=true install x && apt install -oAcquire::AllowInsecureRepositories=1 y
                   ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "APT::Get::AllowUnauthenticated=true" skips the check of signatures
                                                                                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "Acquire::AllowInsecureRepositories=1" skips the check of signatures
    `,
    `
    FROM debian:12
    RUN echo "deb [arch=amd64 trusted=yes] https://example.com/ x main" | tee /etc/apt/sources.list.d/x.list
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a source is "trusted" without a signature
    `,
    `
    FROM debian:12
    run printf 'a\\ndeb [trusted=yes] http://é.example.com ./' \\
               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a source is "trusted" without a signature
      # the list
      >> /etc/apt/sources.list
    ONBUILD RUN sed -i 's/^deb /deb [trusted=yes] /' /etc/apt/sources.list
                       ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a source is "trusted" without a signature
    `,
    `
    FROM debian:12
    RUN cat > /etc/apt/apt.conf.d/x <<EOF
    APT::Get::AllowUnauthenticated "true";
    ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~>+1:1 APT is set up to skip the check of signatures
    EOF
    COPY <<EOF /etc/apt/sources.list.d/x.sources
    Types: deb
    ~~~~~~~~~~>+2:1 a source is "trusted" without a signature
    Trusted: yes
    EOF
    `,
    `
    # A repository in the image itself is a note.
    FROM debian:12
    RUN echo "deb [trusted=yes] file:/repo ./" > /etc/apt/sources.list.d/x.list
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a source is "trusted" without a signature
    `,
  ],
});
