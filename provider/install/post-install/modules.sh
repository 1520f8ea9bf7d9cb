#!/bin/sh
# shellcheck disable=SC2288 # what loads them has its place here
%MODPROBES%
