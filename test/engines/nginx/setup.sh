#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
unpack nginx '^1\.22\.' nginx-light libnginx-mod-http-lua lua-resty-core lua-resty-lrucache
