import rule from "../../../src/rules/dockerfile/sudoers-nopasswd.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN echo "app ALL=(ALL) ALL" >> /etc/sudoers
    RUN echo NOPASSWD: > /tmp/x
    RUN usermod -aG audio,video app && usermod -aG docker app && useradd -u 1 app
    RUN adduser app && adduser app users && addgroup sudo
    RUN usermod -aG $GROUP app
    RUN grep NOPASSWD: /etc/sudoers
    COPY sudoers /etc/sudoers
    `,
    `
    FROM a:1 AS build
    RUN usermod -aG sudo app
    FROM b:1
    COPY --from=build /x /y
    `,
  ],
  found: [
    `
    FROM a:1
    RUN echo "app ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
             ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NOPASSWD" lets a user be root without a password
    run useradd -m -G users,sudo app
                      ~~~~~~~~~~ group "sudo" is as good as root
    RUN adduser app wheel
                    ~~~~~ group "wheel" is as good as root
    `,
    `
    # ü
    FROM a:1 AS base
    COPY <<EOF /etc/sudoers.d/app
         ~~~~~ "NOPASSWD" lets a user be root without a password
    app ALL=(ALL) NOPASSWD:ALL
    EOF
    FROM base
    ONBUILD RUN echo "%x ALL=NOPASSWD:ALL" | \\
                     ~~~~~~~~~~~~~~~~~~~~~ "NOPASSWD" lets a user be root without a password
      # note
      sudo tee /etc/sudoers.d/x
    RUN <<EOF
    sed -i 's/^%wheel.*/%wheel ALL=(ALL) NOPASSWD: ALL/' /etc/sudoers
           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~ "NOPASSWD" lets a user be root without a password
    gpasswd -a app disk
                   ~~~~ group "disk" is as good as root
    EOF
    RUN ["usermod", "-aG", "wheel", "app"]
                           ~~~~~~~ group "wheel" is as good as root
    `,
  ],
  fixed: [
    {
      before: `
      FROM a:1
      RUN echo "app ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers && adduser app sudo
      `,
      after: `
      FROM a:1
      RUN echo "app ALL=(ALL) ALL" >> /etc/sudoers && adduser app sudo
      `,
    },
  ],
  withOptions: [
    {
      options: { stages: ["dev"] },
      clean: [
        `
        FROM a:1 AS Dev
        RUN usermod -aG sudo app
        `,
      ],
      found: [
        `
        FROM a:1 AS prod
        RUN usermod -aG sudo app
                        ~~~~ group "sudo" is as good as root
        `,
      ],
    },
  ],
});
