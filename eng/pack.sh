#!/usr/bin/env bash
# Packs eng/standins into eng/feed. Run it after a change there and commit the packages; README.md tells what they are for.
set -euo pipefail
cd "$(dirname "$0")"

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

# The build's own files stay out of the repository, and no build server outlives the script.
pack() {
  dotnet pack "$1" --nologo -v quiet -o "$build/feed" --artifacts-path "$build/artifacts" --disable-build-servers "${@:2}"
}

# A package below Testcontainers carries a marker: without it no container runs.
empty() {
  pack standins/Empty/Empty.csproj -p:PackageId="$1" -p:Version="$2" -p:Marker="$3"
}

pack standins/Pipelines.Sockets.Unofficial/Pipelines.Sockets.Unofficial.csproj
empty System.IO.Hashing 99.0.0 false
empty Docker.DotNet.Enhanced 99.0.0 true
empty Docker.DotNet.Enhanced.X509 99.0.0 true
empty SharpZipLib 99.0.0 true
empty SSH.NET 9999.0.0 true

rm -f feed/*.nupkg
mv "$build"/feed/*.nupkg feed/
