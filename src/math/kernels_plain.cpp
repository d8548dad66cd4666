#define BURNISH_PATH CpuPath::kPlain
#define BURNISH_TABLE kPlainKernels
#define BURNISH_VECTOR_BYTES 16
#define BURNISH_TILE_ROWS 4
#define BURNISH_TILE_VECTORS 2
#define BURNISH_NARROW_ROWS 2
#include "math/kernels_body.inc"
