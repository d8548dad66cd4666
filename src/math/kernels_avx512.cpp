#define BURNISH_PATH CpuPath::kAvx512
#define BURNISH_TABLE kAvx512Kernels
#define BURNISH_VECTOR_BYTES 64
#define BURNISH_TILE_ROWS 12
#define BURNISH_TILE_VECTORS 2
#define BURNISH_NARROW_ROWS 12
#include "math/kernels_body.inc"
