#!/usr/bin/env bash
# Lays out a partial feed in the folder $1: every package in this machine's cache, without the ones that have a stand-in, which
# come from eng/feed. Build the solution on a full feed first, to fill the cache. Prints the two settings that build on it.
set -euo pipefail
mkdir -p "${1:?usage: partial-feed.sh FOLDER}/packages"
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")"

cache=$(dotnet nuget locals global-packages --list | sed 's/^[^:]*: //')
for package in "${cache%/}"/*/*/*.nupkg; do
  id=$(basename "$(dirname "$(dirname "$package")")")
  case $id in
    pipelines.sockets.unofficial | system.io.hashing | docker.dotnet.enhanced | docker.dotnet.enhanced.x509 | sharpziplib | ssh.net) ;;
    *) ln -sf "$package" "$folder/packages/" ;;
  esac
done

cat > "$folder/nuget.config" <<EOF
<configuration>
  <packageSources>
    <clear />
    <add key="partial" value="packages" />
    <add key="stand-ins" value="$PWD/feed" />
  </packageSources>
</configuration>
EOF

# A cache of its own: there the stand-ins cannot be taken for the real packages, nor the other way round.
echo "export RestoreConfigFile='$folder/nuget.config' NUGET_PACKAGES='$folder/cache'"
