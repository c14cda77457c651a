import rule from "../../../src/rules/dockerfile/end-of-life-base-image.ts";
import { testRule } from "../../support/rule-tester.ts";

testRule(rule, {
  clean: [
    `
    FROM debian:12
    `,
    `
    FROM debian
    `,
    `
    FROM debian:stable-slim
    `,
    `
    FROM ubuntu:24.04
    `,
    `
    FROM alpine:3.22
    `,
    `
    FROM alpine:3
    `,
    `
    FROM python:3
    `,
    `
    FROM python:3.12-slim-bookworm
    `,
    `
    FROM node:22-alpine3.22
    `,
    `
    FROM registry.example/debian:9
    `,
    `
    FROM team/debian:9
    `,
    `
    FROM scratch
    `,
    `
    ARG TAG
    FROM debian:$TAG
    `,
    `
    FROM debian:13 AS python
    FROM python
    `,
    `
    FROM mcr.microsoft.com/dotnet/sdk:10.0
    `,
    `
    FROM openjdk:17
    `,
    `
    FROM postgres:9
    `,
    `
    # Debian 80 is far.
    FROM debian:80
    `,
    `
    FROM node:22-9
    `,
  ],
  found: [
    `
    FROM debian:9
                ~ "debian 9" has had no support since 2022-06-30 (table of 2026-12-01)
    FROM ubuntu:16.04
                ~~~~~ "ubuntu 16.04" has had no support since 2021-04-30 (table of 2026-12-01)
    `,
    `
    FROM docker.io/library/debian:stretch-slim
                                  ~~~~~~~~~~~~ "debian stretch" has had no support since 2022-06-30 (table of 2026-12-01)
    `,
    `
    FROM public.ecr.aws/docker/library/node:14.21.3-alpine
                                            ~~~~~~~~~~~~~~ "node 14" has had no support since 2023-04-30 (table of 2026-12-01)
    `,
    `
    from --platform=linux/amd64 python:3.6.15-slim as build
                                       ~~~~~~~~~~~ "python 3.6" has had no support since 2021-12-23 (table of 2026-12-01)
    `,
    `
    FROM python:3.12-slim-buster
                ~~~~~~~~~~~~~~~~ "debian buster" has had no support since 2024-06-30 (table of 2026-12-01)
    `,
    `
    FROM node:22-alpine3.12
              ~~~~~~~~~~~~~ "alpine 3.12" has had no support since 2022-05-01 (table of 2026-12-01)
    `,
    `
    ARG VERSION=2.7
        ------- related: "VERSION" is set here
    FROM ruby:\${VERSION}-slim
         ~~~~~~~~~~~~~~~~~~~~ "ruby 2.7" has had no support since 2023-03-31 (table of 2026-12-01)
    `,
    `
    FROM php:7.4-fpm
             ~~~~~~~ "php 7.4" has had no support since 2022-11-28 (table of 2026-12-01)
    FROM centos:7.9.2009
                ~~~~~~~~ "centos 7" has had no support since 2024-06-30 (table of 2026-12-01)
    FROM quay.io/centos/centos:8
                               ~ "centos 8" has had no support since 2021-12-31 (table of 2026-12-01)
    `,
    `
    FROM mcr.microsoft.com/dotnet/core/sdk:3.1-buster
                                           ~~~~~~~~~~ "dotnet 3.1" has had no support since 2022-12-13 (table of 2026-12-01)
    FROM mcr.microsoft.com/dotnet/aspnet:6.0
                                         ~~~ "dotnet 6.0" has had no support since 2024-11-12 (table of 2026-12-01)
    `,
    `
    FROM alpine:3.10@sha256:abc
                ~~~~ "alpine 3.10" has had no support since 2021-05-01 (table of 2026-12-01)
    `,
    `
    FROM openjdk:16-jdk
                 ~~~~~~ "openjdk 16" has had no support since 2021-09-14 (table of 2026-12-01)
    `,
  ],
  withOptions: [
    {
      options: { asOf: "2029-01-01" },
      clean: [
        `
    FROM debian:13
    `,
      ],
      found: [
        `
    FROM debian:12
                ~~ "debian 12" has had no support since 2028-06-30 (table of 2026-12-01)
    `,
      ],
    },
  ],
});
