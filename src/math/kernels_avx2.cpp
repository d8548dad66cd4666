#define BURNISH_PATH CpuPath::kAvx2
#define BURNISH_TABLE kAvx2Kernels
#define BURNISH_VECTOR_BYTES 32
#define BURNISH_TILE_ROWS 6
#define BURNISH_TILE_VECTORS 2
#define BURNISH_NARROW_ROWS 6
#include "math/kernels_body.inc"
