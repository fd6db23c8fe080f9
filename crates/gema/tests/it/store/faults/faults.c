/* Fails one of a process's system calls on files below $FAULTS_DIR, or that one and all later ones that change files.
 * $FAULTS_CONTROL is a file of struct control, through which a test arms it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
    int64_t left;  /* Calls until the one that fails; 0: not armed. */
    int64_t error; /* Its errno. */
    int64_t lasts; /* Whether later calls that change files fail too, until it is disarmed. */
    int64_t failed; /* How many have failed. */
};

static struct control *control;
static const char *dir;

__attribute__((constructor)) static void start(void) {
    const char *file = getenv("FAULTS_CONTROL");
    dir = getenv("FAULTS_DIR");
    int fd = file ? open(file, O_RDWR) : -1;
    if (fd < 0) return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at != MAP_FAILED) control = at;
}

static int is_below(const char *path) { return path && strncmp(path, dir, strlen(dir)) == 0; }

static int fails(int changes) {
    int64_t left = __atomic_load_n(&control->left, __ATOMIC_SEQ_CST);
    while (left > 0) {
        int64_t next = left > 1 ? left - 1 : control->lasts ? -1 : 0;
        if (!__atomic_compare_exchange_n(&control->left, &left, next, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
        if (left > 1) return 0;
        changes = 1;
        left = -1;
    }
    if (left == 0 || !changes) return 0;
    __atomic_fetch_add(&control->failed, 1, __ATOMIC_SEQ_CST);
    errno = (int)control->error;
    return 1;
}

static int fd_fails(int fd, int changes) {
    if (!control || !__atomic_load_n(&control->left, __ATOMIC_SEQ_CST)) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path) && fails(changes);
}

static int path_fails(const char *path) {
    return control && __atomic_load_n(&control->left, __ATOMIC_SEQ_CST) && is_below(path) && fails(1);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_FD(type, name, changes, parameters, ...) \
    type name parameters { return fd_fails(fd, changes) ? (type)-1 : REAL(name)(__VA_ARGS__); }
#define ON_PATH(name, parameters, ...) \
    int name parameters { return path_fails(path) ? -1 : REAL(name)(__VA_ARGS__); }
#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        return path_fails(path) ? -1 : REAL(name)(path, flags, mode); \
    }

OPEN(open)
OPEN(open64)
ON_FD(ssize_t, read, 0, (int fd, void *to, size_t n), fd, to, n)
ON_FD(ssize_t, pread, 0, (int fd, void *to, size_t n, off_t at), fd, to, n, at)
ON_FD(ssize_t, pread64, 0, (int fd, void *to, size_t n, off64_t at), fd, to, n, at)
ON_FD(ssize_t, write, 1, (int fd, const void *from, size_t n), fd, from, n)
ON_FD(ssize_t, pwrite, 1, (int fd, const void *from, size_t n, off_t at), fd, from, n, at)
ON_FD(ssize_t, pwrite64, 1, (int fd, const void *from, size_t n, off64_t at), fd, from, n, at)
ON_FD(int, fsync, 1, (int fd), fd)
ON_FD(int, fdatasync, 1, (int fd), fd)
ON_FD(int, ftruncate, 1, (int fd, off_t length), fd, length)
ON_FD(int, ftruncate64, 1, (int fd, off64_t length), fd, length)
ON_FD(int, fchmod, 1, (int fd, mode_t mode), fd, mode)
ON_FD(int, sync_file_range, 1, (int fd, off64_t at, off64_t n, unsigned flags), fd, at, n, flags)
ON_PATH(unlink, (const char *path), path)
ON_PATH(rename, (const char *path, const char *to), path, to)

/* Read-only mappings, too: the shared memory of the write-ahead log. */
void *mmap64(void *at, size_t n, int access, int flags, int fd, off64_t from) {
    return fd >= 0 && fd_fails(fd, 1) ? MAP_FAILED : REAL(mmap64)(at, n, access, flags, fd, from);
}
