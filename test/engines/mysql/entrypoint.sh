#!/bin/bash
# Stands in for the entry points of the images `mysql` and `mariadb`, with Debian's MariaDB as the server of both. As they do, it
# initialises an empty directory, makes database and user of the variables with a server that nobody reaches over TCP, and
# becomes the server with its own arguments. As theirs do, it stays the user as whom it is started, if that is not root, which it never is
# here. As MySQL's does, it takes a password into SQL as it is: none may have a quote or a backslash. It runs no scripts of others.
set -eu
data=/var/lib/mysql socket=/run/mysqld/mysqld.sock
server=(mariadbd --no-defaults "--datadir=$data" "--socket=$socket" --skip-name-resolve)
client=(--no-defaults --user=root "--socket=$socket")

initialise() {
  [ -z "$(ls -A "$data")" ] || { echo "$data is neither empty nor of a database"; exit 1; }
  mariadb-install-db --no-defaults "--datadir=$data" --auth-root-authentication-method=normal --skip-test-db >/dev/null
  "${server[@]}" --skip-networking &
  until mariadb-admin "${client[@]}" ping; do sleep 0.1; done 2>/dev/null
  mariadb "${client[@]}" <<END
CREATE DATABASE \`$MYSQL_DATABASE\`;
CREATE USER '$MYSQL_USER'@'%' IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON \`${MYSQL_DATABASE//_/\\_}\`.* TO '$MYSQL_USER'@'%';
DROP USER IF EXISTS ''@'localhost', ''@'$(hostname)';
ALTER USER root@localhost IDENTIFIED BY '$MYSQL_ROOT_PASSWORD';
END
  kill -TERM $!
  wait $!
  echo initialised
}

[ -d "$data/mysql" ] || initialise
exec "${server[@]}" "$@"
