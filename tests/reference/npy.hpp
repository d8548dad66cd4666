#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

// NumPy's .npy files, as far as the reference tests write them: version 1, little-endian, C order, one or two axes.
namespace burnish::reference {

template <class T>
struct Array {
  std::vector<T> values;
  std::size_t rows = 0;
  std::size_t width = 1;
};

template <class T>
constexpr const char* TypeName() {
  if constexpr (std::is_same_v<T, float>) return "<f4";
  if constexpr (std::is_same_v<T, double>) return "<f8";
  if constexpr (std::is_same_v<T, std::uint8_t>) return "|u1";
  if constexpr (std::is_same_v<T, std::uint16_t>) return "<u2";
  if constexpr (std::is_same_v<T, std::uint32_t>) return "<u4";
  if constexpr (std::is_same_v<T, std::int64_t>) return "<i8";
  if constexpr (std::is_same_v<T, std::uint64_t>) return "<u8";
}

template <class T>
Array<T> ReadNpy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  char magic[10];
  if (!file.read(magic, sizeof magic) || std::memcmp(magic, "\x93NUMPY\x01", 7) != 0) {
    throw std::runtime_error("not a .npy file of version 1: " + path);
  }
  const auto length = static_cast<std::size_t>(static_cast<unsigned char>(magic[8])) +
                      256 * static_cast<std::size_t>(static_cast<unsigned char>(magic[9]));
  std::string header(length, ' ');
  file.read(header.data(), static_cast<std::streamsize>(length));
  if (header.find(TypeName<T>()) == std::string::npos || header.find("'fortran_order': False") == std::string::npos) {
    throw std::runtime_error(path + " is not " + TypeName<T>() + ": " + header);
  }
  const auto open = header.find('(');
  const auto shape = header.substr(open + 1, header.find(')') - open - 1);
  Array<T> array;
  array.rows = std::stoul(shape);
  const auto comma = shape.find(',');
  if (shape.find_first_of("0123456789", comma) != std::string::npos) array.width = std::stoul(shape.substr(comma + 1));
  array.values.resize(array.rows * array.width);
  file.read(reinterpret_cast<char*>(array.values.data()),
            static_cast<std::streamsize>(array.values.size() * sizeof(T)));
  if (!file) throw std::runtime_error("cut short: " + path);
  return array;
}

template <class T>
void WriteNpy(const std::string& path, const std::vector<T>& values, std::size_t rows, std::size_t width) {
  std::string header = std::string("{'descr': '") + TypeName<T>() + "', 'fortran_order': False, 'shape': (" +
                       std::to_string(rows) + ", " + std::to_string(width) + "), }";
  header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00", 8);
  const char length[2] = {static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  file.write(length, 2);
  file << header;
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace burnish::reference
