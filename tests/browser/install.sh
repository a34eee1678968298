#!/bin/sh
# Installs what the browser tests need (Debian's chromium and a Thai font), when it may; says plainly what is missing.
set -u
need=""
command -v chromium >/dev/null 2>&1 || need="$need chromium"
fc-list :lang=th 2>/dev/null | grep -q . || need="$need fonts-thai-tlwg"
command -v fc-list >/dev/null 2>&1 || need="$need fontconfig"
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing$need for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $need; } >/dev/null 2>&1 && exit 0
fi
echo "browser tests will be skipped: please install$need (Debian: sudo apt-get install$need)" >&2
exit 0
