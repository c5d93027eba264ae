#!/usr/bin/env bash
# Unpacks zsh and fish into .sesame/shells, where the tests of the completion scripts find them. Needs apt-get, but no root: nothing is
# installed on the machine.
set -euo pipefail
cd "$(dirname "$0")/.."

shells=.sesame/shells
if [[ -x $shells/bin/zsh && -x $shells/usr/bin/fish ]]; then exit 0; fi
# A machine without lists of packages needs them first, which only root may fetch.
if [[ $(id -u) -eq 0 ]]; then apt-get --quiet=2 update; fi
rm -rf "$shells" && mkdir -p "$shells/packages"
(cd "$shells/packages" && apt-get --quiet=2 download zsh zsh-common fish fish-common libpcre2-32-0)
for package in "$shells"/packages/*.deb; do dpkg-deb --extract "$package" "$shells"; done
rm -r "$shells/packages"
