// The part of the `burnish` command that a view starts as a child: tests need it without the rest.
#include <cstring>

#include "store/columns/kept_file.hpp"

int main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "probe-columns") != 0) return 64;
  return burnish::store::ProbeColumns(argv[2]);
}
