#!/bin/sh
# Installs what tests of a cluster and of a browser need, where this is Debian and the user is root: SLURM, munge, Chromium.
# Says in one line what it did, and succeeds where it can install nothing: these tests are then skipped with a message.
set -u
packages="slurm-wlm munge chromium"

missing=""
for package in $packages; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
if [ -z "$missing" ] && command -v dpkg-query >/dev/null; then
    echo "Debian packages: $packages are there."
    exit 0
fi
if ! command -v apt-get >/dev/null; then
    echo "Debian packages: this is no Debian; tests that need $packages are skipped."
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "Debian packages: not root; tests that need$missing are skipped. As root: $0"
    exit 0
fi

log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
# Services are not to be started: tests start daemons of their own and end them.
policy=/usr/sbin/policy-rc.d
own_policy=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && own_policy=yes
fi
# shellcheck disable=SC2086 # a list of words
install() { timeout 300 apt-get install -y --no-install-recommends -qq -o DPkg::Lock::Timeout=120 $missing >>"$log" 2>&1; }
if install || { timeout 120 apt-get update -qq >>"$log" 2>&1 && install; }; then
    echo "Debian packages: installed$missing."
    rm -f "$log"
else
    echo "Debian packages: could not install$missing ($(tail -n 1 "$log")); tests that need them are skipped. All of it: $log"
fi
[ -z "$own_policy" ] || rm -f "$policy"
exit 0
