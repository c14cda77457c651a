import rule from "../../../src/rules/dockerfile/ssh-mount-without-known-hosts.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    COPY known_hosts /etc/ssh/ssh_known_hosts
    RUN --mount=type=ssh git clone git@h:a/b.git
    RUN echo "h ssh-ed25519 AAAA" >> /root/.ssh/known_hosts
    RUN ssh -o StrictHostKeyChecking=yes h
    RUN ssh -o StrictHostKeyChecking=accept-new h
    RUN ssh-keyscan h
    RUN grep StrictHostKeyChecking=no /etc/ssh/ssh_config
    `,
    `
    FROM a:1
    RUN ssh-keyscan h > k && ssh-keygen -lf k | grep SHA256:abc && cat k >> /root/.ssh/known_hosts
    ENV GIT_SSH_COMMAND="ssh -i /k"
    `,
  ],
  found: [
    `
    FROM a:1
    RUN --mount=type=ssh ssh-keyscan github.com >> ~/.ssh/known_hosts && git clone git@github.com:a/b
                         ~~~~~~~~~~~ "ssh-keyscan" believes the server that answers
    run GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no" git clone git@h:a/b
                        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    ENV GIT_SSH_COMMAND="ssh -o UserKnownHostsFile=/dev/null"
                        ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    `,
    `
    # ü
    FROM a:1
    ONBUILD RUN ssh \\
      # note
      -oStrictHostKeyChecking=no h
      ~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    RUN <<EOF
    export GIT_SSH_COMMAND='ssh -o StrictHostKeyChecking=no'
                           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    printf 'Host *\\n StrictHostKeyChecking no\\n' > /root/.ssh/config
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    EOF
    RUN ["ssh", "-o", "StrictHostKeyChecking=no", "h"]
                      ~~~~~~~~~~~~~~~~~~~~~~~~~~ host keys are not checked
    RUN ssh-keyscan h | tee -a /root/.ssh/known_hosts
        ~~~~~~~~~~~ "ssh-keyscan" believes the server that answers
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN ssh -o StrictHostKeyChecking=no h
      ENV GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=no"
      RUN ssh -o UserKnownHostsFile=/dev/null h
      `,
      after: `
      FROM a:1
      RUN ssh -o StrictHostKeyChecking=yes h
      ENV GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=yes"
      RUN ssh -o UserKnownHostsFile=/dev/null h
      `,
    },
  ],
});
