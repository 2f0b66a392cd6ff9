#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
unpack mariadb '^10\.11\.' mariadb-server-core mariadb-client mariadb-client-core
