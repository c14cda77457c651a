import rule from "../../../src/rules/dockerfile/credential-in-login-command.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM a:1
    RUN --mount=type=secret,id=x docker login -p "$(cat /run/secrets/x)"
    RUN aws configure set region eu && az login --identity && docker pull x
    RUN npm config set registry https://x && gh auth login --with-token < /run/x
    `,
  ],
  found: [
    `
    FROM a:1
    RUN aws configure set aws_access_key_id AKIAX && aws configure set profile.x.aws_secret_access_key $S
        ~~~ "aws" keeps a credential in the layer
                                                     ~~~ "aws" keeps a credential in the layer
    # é
    run gcloud auth activate-service-account \\
        ~~~~~~ "gcloud" keeps a credential in the layer
      --key-file=/k.json && az login -u x --password=y
                            ~~ "az" keeps a credential in the layer
    RUN doctl auth init -t abc; sudo docker login -u x -p y
        ~~~~~ "doctl" keeps a credential in the layer
                                     ~~~~~~ "docker" keeps a credential in the layer
    RUN npm config set //r/:_authToken=abc
        ~~~ "npm" keeps a credential in the layer
    RUN echo abc | gh auth login --with-token
                   ~~ "gh" keeps a credential in the layer
    ONBUILD RUN ["docker", "login", "-p", "x"]
                 ~~~~~~~~ "docker" keeps a credential in the layer
    `,
  ],
});
