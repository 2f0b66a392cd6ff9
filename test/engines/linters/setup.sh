#!/bin/sh
# kube-score, a Go module, and checkov, Python packages: what they say of manifests is in `linters.engine.ts`.
. "$(dirname "$0")/../support/setup.sh"
here=$(cd "$(dirname "$0")" && pwd)

install_checkov() {
  rm -rf "$cache/checkov"
  python3 -m venv "$cache/checkov"
  "$cache/checkov/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps --requirement "$here/requirements.txt"
}

python3 -c 'import sys; sys.version_info < (3, 9) and sys.exit(1)' 2>/dev/null || refuse 'no Python 3.9 or later here'
build_tools kube-score "$here"
once checkov "$here/requirements.txt" -- install_checkov
echo "kube-score $(sed -n 's/.*zegl\/kube-score v\([0-9.]*\).*/\1/p' "$here/go.mod"), checkov $(sed -n 's/^checkov==//p' "$here/requirements.txt")"
