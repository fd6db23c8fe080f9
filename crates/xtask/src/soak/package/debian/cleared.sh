# Removes the control groups that the stopped system has left below our own.
mount --make-rprivate /
mount -t cgroup -o none,name=systemd cgroup /mnt
find /mnt -mindepth 1 -depth -type d -exec rmdir {} +
