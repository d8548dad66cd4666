// Memory that runs out when told to: preloaded into the server, it stands before the calls that allocate.
// The driver maps NO_MEMORY_CONTROL and changes it at any moment:
//   u32 every   each so-manieth allocation fails; 0: none
//   u32 least   only those of at least so many bytes count
//   u32 failed  how many have been failed
// Only in the process that was started: children that decode have limits of their own.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

struct control {
  _Atomic uint32_t every;
  _Atomic uint32_t least;
  _Atomic uint32_t failed;
};

static struct control *control;
static _Atomic uint32_t counted;

__attribute__((constructor)) static void set_up(void) {
  const char *path = getenv("NO_MEMORY_CONTROL");
  if (path == NULL) return;
  const int file = open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped != MAP_FAILED) control = mapped;
  unsetenv("LD_PRELOAD");  // not for children
}

static int is_refused(size_t size) {
  if (control == NULL) return 0;
  const uint32_t every = atomic_load_explicit(&control->every, memory_order_relaxed);
  if (every == 0 || size < atomic_load_explicit(&control->least, memory_order_relaxed)) return 0;
  if (atomic_fetch_add(&counted, 1) % every != 0) return 0;
  atomic_fetch_add(&control->failed, 1);
  errno = ENOMEM;
  return 1;
}

void *malloc(size_t size) { return is_refused(size) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return is_refused(count * size) ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return is_refused(size) ? NULL : __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return is_refused(size) ? NULL : __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **place, size_t alignment, size_t size) {
  void *made = memalign(alignment, size);
  if (made == NULL) return ENOMEM;
  *place = made;
  return 0;
}
