#!/bin/sh
. "$(dirname "$0")/../support/setup.sh"
module=$(dirname "$0")
command -v openssl >/dev/null || refuse 'no openssl here, for certificates'
version=$(sed -n 's/.*pulumi\/pkg\/v3 v\([^ ]*\).*/\1/p' "$module/go.mod")
build_tools pulumi "$module" "-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=$version"
echo "$version"
