import rule from "../../../src/rules/dockerfile/invalid-label-key.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    LABEL com.example.team=web maintainer=x org.opencontainers.image.base.name="a" a_b=1 a/b-c=2
    `,
    `
    FROM debian:12
    LABEL "com.example.a"=1 'b'=2 c 3
    `,
    `
    FROM debian:12
    LABEL $KEY=1 \${PREFIX}.Name=2
    `,
    `
    FROM debian:12
    LABEL com.dockerish.x=1 key="Value With Capitals"
    `,
    `
    FROM debian:12
    ENV Key=1
    RUN LABEL Key=1
    `,
  ],
  found: [
    `
    FROM debian:12
    LABEL Name=x "com.Example.a"=2 a+b=3
          ~~~~ label key "Name" has upper-case letters
                 ~~~~~~~~~~~~~~~ label key "com.Example.a" has upper-case letters
                                   ~~~ label key "a+b" has the character "+"
    `,
    `
    FROM debian:12
    label -a=1 b.=2 c..d=3 e--f=4 1g=5
          ~~ label key "-a" does not begin with a letter
               ~~ label key "b." does not end with a letter or digit
                    ~~~~ label key "c..d" has two separators in a row
                           ~~~~ label key "e--f" has two separators in a row
                                  ~~ label key "1g" does not begin with a letter
    `,
    `
    FROM debian:12
    LABEL com.docker.x=1 \\
          ~~~~~~~~~~~~ label key "com.docker.x" is in the namespace "com.docker.*" of Docker
      # é
      io.docker.y=2 org.dockerproject.z=3
      ~~~~~~~~~~~ label key "io.docker.y" is in the namespace "io.docker.*" of Docker
                    ~~~~~~~~~~~~~~~~~~~ label key "org.dockerproject.z" is in the namespace "org.dockerproject.*" of Docker
    ONBUILD LABEL Build_Date x
                  ~~~~~~~~~~ label key "Build_Date" has upper-case letters
    `,
    `
    FROM debian:12
    ARG PREFIX=Com
    LABEL \${PREFIX}.name=1 é=2 "a b"=3
          ~~~~~~~~~~~~~~ label key "Com.name" has upper-case letters
                           ~ label key "é" has the character "é"
                               ~~~~~ label key "a b" has the character " "
    `,
  ],
  fixed: [
    {
      before: `
      FROM debian:12
      LABEL Name="X" a=1 "B"=2
      `,
      after: `
      FROM debian:12
      LABEL name="X" a=1 "B"=2
      `,
    },
  ],
});
