#!/bin/sh
# FATE as its images have it, made of its packages: `fate_flow` and `fate` below `/data/projects/fate`, and beside them a Python
# with what they import. Torch is Debian's, since the one of the Python packages brings CUDA with it.
. "$(dirname "$0")/../support/setup.sh"
requirements=$(dirname "$0")/requirements.txt

# Debian's torch is for 3.11. Before 3.11.4 an Enum is pickled by `getattr`, which FATE refuses to read: SecureBoost fails.
find_python() {
  for python in python3.11 "$(pyenv prefix 3.11 2>/dev/null)/bin/python3.11"; do
    "$python" -c 'import sys; sys.version_info < (3, 11, 4) and sys.exit(1); print(sys.executable)' 2>/dev/null && return
  done
  refuse 'no Python 3.11.4 or later of 3.11 here'
}

install() { # python
  environment=$cache/fate-python project=$cache/fate/data/projects/fate
  rm -rf "$environment" "$cache/fate"
  "$1" -m venv "$environment"
  "$environment/bin/python" -m pip --quiet --disable-pip-version-check install --no-deps --requirement "$requirements"
  packages=$environment/lib/python3.11/site-packages
  echo "$cache/torch/usr/lib/python3/dist-packages" >"$packages/debian.pth"
  mkdir -p "$project/fate_flow/python" "$project/fate/python"
  mv "$packages/fate_flow/conf" "$packages/fate_flow/fateflow.env" "$project/fate_flow"
  mv "$packages/fate_flow" "$packages/ofx" "$project/fate_flow/python"
  mv "$packages/fate" "$project/fate/python"
}

debian_tools
python=$(find_python) || refuse "$python"
unpack torch '^1\.13\.' python3-torch
once fate "$requirements" -- install "$python"
sed -n 's/^fate-flow==//p' "$requirements"
