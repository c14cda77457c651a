import rule from "../../../src/rules/dockerfile/heredoc-without-errexit.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN <<EOF
    set -e
    a
    b
    EOF
    RUN <<EOF
    a
    EOF
    RUN <<EOF
    a &&
      b
    EOF
    RUN <<EOF
    #!/bin/bash -e
    a
    b
    EOF
    RUN <<EOF
    #!/usr/bin/env python3
    a()
    b()
    EOF
    RUN <<EOF
    echo a
    export A=b
    c
    EOF
    RUN <<EOF
    set -eux
    a | b
    c
    EOF
    RUN cat <<EOF > /x
    a
    b
    EOF
    RUN a; b
    `,
    `
    FROM a:1
    SHELL ["/bin/bash", "-ec"]
    RUN <<EOF
    a
    b
    EOF
    `,
    `
    FROM a:1
    RUN <<EOF
    a || exit 1
    if b; then
      c
    fi
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    RUN <<EOF
        ~~~~~ a failure of "apt-get" does not end the step
    apt-get update
    ------- related: its status is lost
    apt-get install -y curl
    EOF
    `,
    `
    # ü
    FROM a:1
    ONBUILD run --mount=type=cache,target=/x <<-"EOF"
                                             ~~~~~~~~ a failure of "b" does not end the step
    	#!/bin/bash
    	a && b
          - related: its status is lost
    	# note
    	c
    	set -e
    	d
    EOF
    RUN <<EOF
        ~~~~~ a failure of "cd" does not end the step
    set -u
    cd /x
    -- related: its status is lost
    tar xf y
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN <<-EOF
      	a
      	b
      EOF
      RUN <<EOF
      #!/bin/sh
      a
      b
      EOF
      `,
      after: `
      FROM a:1
      RUN <<-EOF
      	set -e
      	a
      	b
      EOF
      RUN <<EOF
      #!/bin/sh
      set -e
      a
      b
      EOF
      `,
    },
  ],
});
