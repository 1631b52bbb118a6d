# shellcheck shell=bash
# A bundle for an OCI runtime: sourced after machine.sh.
#
#   oci_bundle DIRECTORY ROOT COMMAND...
#                               IDs 0 to 65535 inside are 100000 to 165535 outside;
#                               with the annotations in $oci_annotations, if any

oci_bundle() {
    local args capabilities
    capabilities=$(printf ', "CAP_%s"' AUDIT_WRITE CHOWN DAC_OVERRIDE DAC_READ_SEARCH \
        FOWNER FSETID KILL NET_ADMIN NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID \
        SYS_ADMIN SYS_CHROOT SYS_PTRACE SYS_RESOURCE)
    capabilities=${capabilities#, }
    args=$(printf ', "%s"' "${@:3}")
    args=${args#, }
    # No "resources": limits would need controllers that the host may have
    # mounted elsewhere.
    inside_shell "mkdir -p '$1' && cat >'$1/config.json'" <<END
{
  "ociVersion": "1.0.0",
  "root": { "path": "$2" },
  "hostname": "container",
  "annotations": { ${oci_annotations-} },
  "process": {
    "cwd": "/",
    "args": [ $args ],
    "env": [ "PATH=/usr/sbin:/usr/bin:/bin", "container=oci" ],
    "user": { "uid": 0, "gid": 0 },
    "capabilities": {
      "bounding": [ $capabilities ],
      "effective": [ $capabilities ],
      "permitted": [ $capabilities ]
    }
  },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/sys", "type": "sysfs", "source": "sysfs",
      "options": [ "ro", "nosuid", "nodev", "noexec" ] },
    { "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
      "options": [ "rw", "nosuid", "nodev", "noexec" ] },
    { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": [ "mode=0755" ] },
    { "destination": "/dev/pts", "type": "devpts", "source": "devpts",
      "options": [ "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" ] },
    { "destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": [ "mode=0755" ] },
    { "destination": "/run/lock", "type": "tmpfs", "source": "tmpfs" }
  ],
  "linux": {
    "namespaces": [ { "type": "user" }, { "type": "mount" }, { "type": "pid" },
      { "type": "cgroup" }, { "type": "uts" }, { "type": "ipc" }, { "type": "network" } ],
    "uidMappings": [ { "containerID": 0, "hostID": 100000, "size": 65536 } ],
    "gidMappings": [ { "containerID": 0, "hostID": 100000, "size": 65536 } ],
    "readonlyPaths": [ "/proc/sys" ]
  }
}
END
}
