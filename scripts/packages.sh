# shellcheck shell=bash
# The Debian packages that this project needs: sourced, never run.
#
#   packages_install [GROUP...] installs the missing packages of the groups build,
#                               demo, test, check, proof, machine and bench; without
#                               a group, of all that scripts/check --all needs
#   packages_in GROUP           prints the packages of a group; suite and cross are
#                               for Debian roots only
#
# Where nothing is missing, nothing is downloaded.

packages_in() { # GROUP
    case $1 in
    build)
        echo gcc libc6-dev libjson-c-dev libsmartcols-dev libsubid-dev libsystemd-dev make \
            autoconf autoconf-archive automake pkg-config
        ;;
    demo) # whose output scripts/demo shows
        echo mount procps util-linux
        ;;
    test) # what the tests are built with, and the programs whose lookups they check
        echo libcmocka-dev libsubid-dev acl binutils bsdextrautils bsdutils findutils fish \
            gcc-multilib git libcap2-bin lsof man-db mandoc mawk mount musl-tools perl-base procps \
            python3 python3-jsonschema qemu-user rsync strace tar uidmap util-linux valgrind zsh
        ;;
    check)
        echo ccache clang clang-format clang-tidy cppcheck gcovr libclang-rt-dev llvm shellcheck xz-utils
        ;;
    bench)
        echo gnuplot-nox libnss-systemd libsubid-dev perl-base python3-minimal strace valgrind
        ;;
    suite) # also in the Debian roots; nscd would start a daemon on a host
        echo ccache nscd
        ;;
    cross) # other architectures
        echo ccache gcc-aarch64-linux-gnu libc6-dev-arm64-cross libcmocka-dev:arm64 \
            gcc-arm-linux-gnueabihf libc6-dev-armhf-cross libcmocka-dev:armhf \
            gcc-i686-linux-gnu libc6-dev-i386-cross libcmocka-dev:i386 \
            gcc-s390x-linux-gnu libc6-dev-s390x-cross libcmocka-dev:s390x \
            binutils mount perl-base procps qemu-user util-linux
        ;;
    proof) # of the pure code, and of the protocol between threads
        echo cvc4 frama-c-base spin why3
        ;;
    machine) # Debian roots: to boot a systemd in, to build, test and install packages in; a browser
        echo chromium mmdebstrap util-linux util-linux-extra
        ;;
    *)
        echo "packages_in: no group $1" >&2
        return 1
        ;;
    esac
}

packages_missing() { # PACKAGE...
    local package
    for package; do
        # Not the exit status alone: dpkg still knows a removed package.
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            echo "$package"
    done
}

packages_install() {
    local group wanted=() missing=()
    [ $# -gt 0 ] || set -- build test check proof machine
    for group; do
        # shellcheck disable=SC2207
        wanted+=($(packages_in "$group")) || return
    done

    if ! command -v dpkg-query >/dev/null; then
        echo "Not Debian: please install what corresponds to ${wanted[*]}" >&2
        return 0
    fi
    mapfile -t missing < <(packages_missing "${wanted[@]}")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        printf 'Missing; as root: apt-get install --no-install-recommends %s\n' "${missing[*]}" >&2
        return 1
    fi

    echo "Installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update &&
        apt-get -qq install --no-install-recommends "${missing[@]}" >/dev/null
}
