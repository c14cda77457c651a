import rule from "../../../src/rules/dockerfile/heredoc-unquoted-expansion.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    ARG name
    ENV port=80
    COPY <<"EOF" /x
    $host $@
    EOF
    COPY <<EOF /y
    name $name, port \${port}, home $HOME, price 5$, \\$host, $(date)
    EOF
    RUN <<EOF
    echo $x "$@"
    EOF
    COPY x /y
    COPY <<EOF /z
    you are \${user:-nobody}
    EOF
    `,
  ],
  found: [
    `
    FROM a:1
    COPY <<EOF /etc/nginx/nginx.conf
         ~~~~~ "$host" of the file is replaced by nothing
    proxy_set_header Host $host;
    EOF
    `,
    `
    # ü
    FROM a:1
    ARG name
    ONBUILD copy --chmod=755 <<-run.sh \\
                             ~~~~~~~~~ "$@" of the file is replaced by nothing
      # note
      /bin/
    	exec "$@"
    run.sh
    add <<EOF /x
        ~~~~~ "$user" of the file is replaced by nothing
    hello $name, you are \${user}
    EOF
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      COPY <<EOF <<-TWO /etc/
      $host
      EOF
      	$1
      TWO
      `,
      after: `
      FROM a:1
      COPY <<"EOF" <<-"TWO" /etc/
      $host
      EOF
      	$1
      TWO
      `,
    },
  ],
});
