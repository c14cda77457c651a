import rule from "../../../src/rules/dockerfile/mutable-build-input.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN date
    RUN date -u -d @0 > /x
    RUN echo "$(date)"
    RUN echo "$(date)" > /dev/null
    RUN head -c 8 /dev/urandom | base64
    RUN git describe > /version
    RUN apt-get update > /tmp/log
    `,
    `
    ARG SOURCE_DATE_EPOCH
    FROM a:1
    RUN date > /x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN date > /etc/build-date
        ~~~~ the time of the build is stored in the image
    run echo "built $(date -u +%s)" >> /etc/motd
                      ~~~~ the time of the build is stored in the image
    RUN uuidgen | tee /etc/id
        ~~~~~~~ a new id of "uuidgen" is stored in the image
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN sed -i \\
      # note
      "s/DATE/$(date)/" /x
                ~~~~ the time of the build is stored in the image
    RUN <<EOF
    cat /proc/sys/kernel/random/uuid > /id
    ~~~ a random number is stored in the image
    openssl rand -hex 16 > /key
    ~~~~~~~ a random number is stored in the image
    EOF
    RUN ["sh", "-c", "date > /x"]
                      ~~~~ the time of the build is stored in the image
    `,
  ],
});
