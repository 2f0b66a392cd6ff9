#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
unpack nginx '^1\.22\.' nginx nginx-common libnginx-mod-http-ndk libnginx-mod-http-lua lua-cjson lua-resty-core \
  lua-resty-lrucache
