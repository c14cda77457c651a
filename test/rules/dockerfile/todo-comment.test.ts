import rule from "../../../src/rules/dockerfile/todo-comment.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    # all is done
    FROM debian:12
    RUN echo TODO
    `,
    `
    # todos, mastodon
    FROM debian:12
    RUN <<EOF
    # TODO
    EOF
    `,
    `
    # syntax=todo
    FROM debian:12
    `,
  ],
  found: [
    `
    # TODO: pin
      ~~~~ "TODO" was left here
    FROM debian:12
    RUN x \\
      # é fixme
          ~~~~~ "fixme" was left here
      && y
    #todo
     ~~~~ "todo" was left here
    `,
  ],
});
