// A disk that fails when told to: preloaded into the server, it stands before the calls that write below BAD_DISK_FOLDER
// (what begins with it; with a $ at its end, that very file).
// The driver maps BAD_DISK_CONTROL and changes it at any moment:
//   i64 room      bytes by which files may still grow; below zero: no limit. Then ENOSPC.
//   u32 refuse    writes fail with EIO
//   u32 unflushed the next flushes fail with EIO, as many as this says: like Linux, it reports a lost page once, then never again
//   u32 failed    how many calls have been failed
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
  _Atomic int64_t room;
  _Atomic uint32_t refuse;
  _Atomic uint32_t unflushed;
  _Atomic uint32_t failed;
};

static struct control *control;
static const char *folder;

__attribute__((constructor)) static void set_up(void) {
  folder = getenv("BAD_DISK_FOLDER");
  const char *path = getenv("BAD_DISK_CONTROL");
  if (folder == NULL || path == NULL) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) control = mapped;
}

static int is_ours(int file) {
  char link[64];
  char path[4096];
  if (control == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  const size_t whole = strlen(folder);
  if (whole > 0 && folder[whole - 1] == '$') return strlen(path) == whole - 1 && strncmp(path, folder, whole - 1) == 0;
  return strncmp(path, folder, whole) == 0;
}

static int fail(int error) {
  atomic_fetch_add(&control->failed, 1);
  errno = error;
  return -1;
}

// 0, or -1 with errno: may `file` be written up to `end`? What it already holds may always be overwritten.
static int admit(int file, int64_t end) {
  if (atomic_load(&control->refuse) != 0) return fail(EIO);
  const int64_t room = atomic_load(&control->room);
  if (room < 0) return 0;
  struct stat status;
  if (fstat(file, &status) != 0 || end <= status.st_size) return 0;
  const int64_t growth = end - status.st_size;
  if (growth > room) return fail(ENOSPC);
  atomic_fetch_sub(&control->room, growth);
  return 0;
}

static int64_t end_of_write(int file, size_t size) {
  const int flags = fcntl(file, F_GETFL);
  struct stat status;
  if ((flags & O_APPEND) != 0 && fstat(file, &status) == 0) return status.st_size + (int64_t)size;
  const off_t at = lseek(file, 0, SEEK_CUR);
  return at < 0 ? 0 : at + (int64_t)size;
}

#define REAL(name, type)                       \
  static type real;                            \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, #name)

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef ssize_t (*writev_call)(int, const struct iovec *, int);
typedef int (*file_call)(int);
typedef int (*size_call)(int, off_t);
typedef int (*allocate_call)(int, off_t, off_t);

ssize_t write(int file, const void *bytes, size_t size) {
  REAL(write, write_call);
  if (is_ours(file) && admit(file, end_of_write(file, size)) != 0) return -1;
  return real(file, bytes, size);
}

ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) {
  REAL(pwrite, pwrite_call);
  if (is_ours(file) && admit(file, at + (int64_t)size) != 0) return -1;
  return real(file, bytes, size, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off_t at) { return pwrite(file, bytes, size, at); }

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev, writev_call);
  size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  if (is_ours(file) && admit(file, end_of_write(file, size)) != 0) return -1;
  return real(file, parts, count);
}

int ftruncate(int file, off_t size) {
  REAL(ftruncate, size_call);
  if (is_ours(file) && admit(file, size) != 0) return -1;
  return real(file, size);
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int posix_fallocate(int file, off_t at, off_t size) {
  REAL(posix_fallocate, allocate_call);
  if (is_ours(file) && admit(file, at + size) != 0) return errno;
  return real(file, at, size);
}

int posix_fallocate64(int file, off_t at, off_t size) { return posix_fallocate(file, at, size); }

static int may_flush(int file) {
  if (!is_ours(file)) return 1;
  uint32_t left = atomic_load(&control->unflushed);
  while (left != 0) {
    if (atomic_compare_exchange_weak(&control->unflushed, &left, left - 1)) return 0;
  }
  return 1;
}

int fsync(int file) {
  REAL(fsync, file_call);
  return may_flush(file) ? real(file) : fail(EIO);
}

int fdatasync(int file) {
  REAL(fdatasync, file_call);
  return may_flush(file) ? real(file) : fail(EIO);
}
