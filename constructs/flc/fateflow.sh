#!/bin/sh
# Starts FATE Flow with its configuration filled in: the templates are mounted read-only, and FATE Flow wants
# the address that Spark's executors call back and the database's password in plain files.
set -eu
: "${POD_IP:?}" "${MYSQL_PASSWORD:?}" "${TEMPLATES:?}" "${CONFIGURATION:?}" "${SPARK_CONFIGURATION:?}"

# Replaces "${POD_IP}" and "${MYSQL_PASSWORD}" by their values, as double-quoted YAML: any character may be in a password.
fill_yaml() {
  awk '
    function quoted(text,   i, c, out) {
      out = "\""
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\\" || c == "\"") out = out "\\" c
        else if (c == "\n") out = out "\\n"
        else if (c == "\r") out = out "\\r"
        else if (c == "\t") out = out "\\t"
        else out = out c
      }
      return out "\""
    }
    function fill(line, name,   at, mark) {
      mark = "\"${" name "}\""
      at = index(line, mark)
      return at == 0 ? line : substr(line, 1, at - 1) quoted(ENVIRON[name]) fill(substr(line, at + length(mark)), name)
    }
    { print fill(fill($0, "POD_IP"), "MYSQL_PASSWORD") }
  '
}

(umask 077 && fill_yaml <"$TEMPLATES/service_conf.yaml" >"$CONFIGURATION/service_conf.yaml")
cp "$TEMPLATES/transfer_conf.yaml" "$CONFIGURATION/transfer_conf.yaml"
sed "s/\${POD_IP}/$POD_IP/" "$TEMPLATES/spark-defaults.conf" >"$SPARK_CONFIGURATION/spark-defaults.conf"

exec "$@"
