import rule from "../../../src/rules/dockerfile/yum-without-gpg-check.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM fedora:42
    RUN dnf install -y x && yum install -y --setopt=gpgcheck=1 y && dnf --setopt=repo_gpgcheck=0 install z
    `,
    `
    FROM fedora:42
    RUN printf '[x]\\ngpgcheck=1\\nrepo_gpgcheck=0\\n' > /etc/yum.repos.d/x.repo
    `,
    `
    FROM fedora:42
    RUN sed -i 's/gpgcheck=0/gpgcheck=1/' /etc/yum.repos.d/x.repo && grep gpgcheck=0 /etc/yum.conf
    `,
    `
    FROM fedora:42
    COPY <<EOF /etc/yum.repos.d/x.repo
    [x]
    gpgcheck=1
    # gpgcheck=0
    EOF
    `,
    `
    FROM fedora:42
    RUN echo "do not write gpgcheck=0 here"
    `,
  ],
  found: [
    `
    FROM fedora:42
    RUN yum install -y --nogpgcheck x && microdnf --nogpgcheck install y && tdnf install --nogpgcheck z
                       ~~~~~~~~~~~~ "--nogpgcheck" skips the check of signatures
                                                  ~~~~~~~~~~~~ "--nogpgcheck" skips the check of signatures
                                                                                         ~~~~~~~~~~~~ "--nogpgcheck" skips the check of signatures
    `,
    `
    FROM fedora:42
    RUN dnf --setopt=gpgcheck=0 install x && yum-config-manager --save --setopt=x.gpgcheck=false && dnf --setopt *.gpgcheck=0 install y
            ~~~~~~~~~~~~~~~~~~~ "gpgcheck=0" skips the check of signatures
                                                                       ~~~~~~~~~~~~~~~~~~~~~~~~~ "x.gpgcheck=false" skips the check of signatures
                                                                                                                 ~~~~~~~~~~~~ "*.gpgcheck=0" skips the check of signatures
    `,
    `
    FROM fedora:42
    RUN echo -e "[x]\\nbaseurl=https://example.com/é\\ngpgcheck=0" > /etc/yum.repos.d/x.repo && echo gpgcheck=0 >> /etc/yum.conf
                ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ a repository's packages are taken without signatures
                                                                                                   ~~~~~~~~~~ a repository's packages are taken without signatures
    `,
    `
    FROM fedora:42
    run sed -i \\
      # é
      's/gpgcheck=1/gpgcheck=0/' /etc/yum.conf
      ~~~~~~~~~~~~~~~~~~~~~~~~~~ a repository's packages are taken without signatures
    ONBUILD RUN yum install --nogpgcheck x
                            ~~~~~~~~~~~~ "--nogpgcheck" skips the check of signatures
    `,
    `
    FROM fedora:42
    COPY <<EOF /etc/yum.repos.d/x.repo
    [x]
    ~~~>+2:1 a repository's packages are taken without signatures
    gpgcheck = 0
    EOF
    RUN cat <<EOF > /etc/yum.repos.d/y.repo
    gpgcheck=no
    ~~~~~~~~~~~>+1:1 a repository's packages are taken without signatures
    EOF
    `,
  ],
});
