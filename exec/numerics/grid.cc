#include "exec/numerics/grid.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "ir/wasm/op_rows.h"

namespace weft::exec {
namespace {

using wasm::Op;

template <typename T>
std::vector<T> Unique(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// Edges of unsigned type U: 0 and 2^k with neighbours for widths that have a
// meaning, their negations, and patterns.
template <typename U>
std::vector<U> IntegerEdges() {
  constexpr int kBits = std::numeric_limits<U>::digits;
  std::vector<U> values = {0, 3, 5, 10};
  for (int power : {0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 24, 31, 32, 53, 63}) {
    if (power >= kBits) continue;
    const U two = U{1} << power;
    for (U near : {static_cast<U>(two - 1), two, static_cast<U>(two + 1)}) {
      values.push_back(near);
      values.push_back(static_cast<U>(~near + 1));
    }
  }
  values.push_back(static_cast<U>(0x5555555555555555));
  values.push_back(static_cast<U>(0xaaaaaaaaaaaaaaaa));
  values.push_back(static_cast<U>(0x123456789abcdef0));
  values.push_back(static_cast<U>(0xff00ff0080ff7f01));
  return Unique(values);
}

// For each number, it and its neighbours, with both signs.
template <typename F>
std::vector<typename FloatFormat<F>::Bits> FloatEdges(
    const std::vector<double>& numbers) {
  using Format = FloatFormat<F>;
  using Bits = typename Format::Bits;
  std::vector<Bits> values = {
      0,
      1,
      2,
      Format::kQuiet,                  // Half of the smallest normal number.
      (Format::kQuiet << 1) - 1,       // Largest subnormal number.
      Format::kQuiet << 1,             // Smallest normal number.
      Format::kInfinity - 1,           // Largest number.
      Format::kInfinity,               //
      Format::kInfinity + 1,           // Signalling NaNs.
      Format::kCanonicalNan - 1,       //
      Format::kCanonicalNan,           //
      Format::kCanonicalNan + 1,       // Arithmetic NaNs.
      Format::kCanonicalNan + 0x1234,  //
      ~Format::kSign,                  //
  };
  for (double number : numbers) {
    const Bits bits = std::bit_cast<Bits>(static_cast<F>(number));
    for (int step : {-1, 0, 1}) values.push_back(bits + step);
  }
  const size_t positive = values.size();
  for (size_t i = 0; i < positive; ++i) {
    values.push_back(values[i] | Format::kSign);
  }
  return Unique(values);
}

std::vector<double> Numbers() {
  return {0x1p-149, 0x1p-126,  0.1,      0.5,    0.75,
          1,        1.5,       2,        2.5,    3.5,
          127,      128,       255,      256,    32768,
          65536,    0x1p22,    0x1p23,   0x1p24, 0x1.fffffep30,
          0x1p31,   0x1p32,    0x1p52,   0x1p53, 0x1p63,
          0x1p64,   0x1.8p100, 0x1.fp127};
}

// Vectors that hold all `edges` in turn.
template <typename T>
void AppendVectors(const std::vector<T>& edges, std::vector<V128>* vectors) {
  constexpr size_t kCount = kLanes<T>;
  for (size_t at = 0; at < edges.size(); at += kCount) {
    T lanes[kCount];
    for (size_t i = 0; i < kCount; ++i)
      lanes[i] = edges[(at + i) % edges.size()];
    vectors->push_back(V128::FromLanes(lanes));
  }
}

// A shape as operators' texts name it, and its vectors of edges.
struct Shape {
  std::string_view text;
  int lane_bytes;
  std::vector<V128> vectors;
};

const std::vector<Shape>& Shapes() {
  static const auto* const shapes = [] {
    auto* all = new std::vector<Shape>{{"i8x16", 1, {}}, {"i16x8", 2, {}},
                                       {"i32x4", 4, {}}, {"i64x2", 8, {}},
                                       {"f32x4", 4, {}}, {"f64x2", 8, {}}};
    AppendVectors(IntegerEdges<uint8_t>(), &(*all)[0].vectors);
    AppendVectors(IntegerEdges<uint16_t>(), &(*all)[1].vectors);
    AppendVectors(EdgesOfI32(), &(*all)[2].vectors);
    AppendVectors(EdgesOfI64(), &(*all)[3].vectors);
    AppendVectors(EdgesOfF32(), &(*all)[4].vectors);
    AppendVectors(EdgesOfF64(), &(*all)[5].vectors);
    return all;
  }();
  return *shapes;
}

// `v` with its bytes moved up cyclically.
V128 Rotate(V128 v, int bytes) {
  uint8_t from[16];
  uint8_t to[16];
  v.Store(from);
  for (int i = 0; i < 16; ++i) to[(i + bytes) % 16] = from[i];
  return V128::Load(to);
}

template <typename T>
std::vector<V128> AsVectors(const std::vector<T>& values) {
  std::vector<V128> vectors;
  for (T value : values) vectors.push_back(V128::FromBits(value, 0));
  return vectors;
}

std::vector<V128> LaneIndices(Op op) {
  const std::string_view text = wasm::RowOf(op).text;
  const int lanes = text[text.find('x') + 1] == '1' ? 16
                    : text.substr(0, 5) == "i16x8"  ? 8
                    : text[1] == '3'                ? 4
                                                    : 2;
  std::vector<V128> indices;
  for (int i = 0; i < lanes; ++i) indices.push_back(V128::FromBits(i, 0));
  return indices;
}

// Immediates of i8x16.shuffle: orders with a meaning, then mixed ones.
std::vector<V128> Shuffles() {
  std::vector<V128> all;
  const auto append = [&all](auto lane_of) {
    uint8_t lanes[16];
    for (int i = 0; i < 16; ++i) lanes[i] = lane_of(i) & 31;
    all.push_back(V128::FromLanes(lanes));
  };
  append([](int i) { return i; });
  append([](int i) { return i + 16; });
  append([](int i) { return 31 - i; });
  append([](int i) { return i / 2 + (i % 2) * 16; });
  append([](int) { return 0; });
  append([](int) { return 31; });
  for (int seed = 1; seed < 32; seed += 2) {
    append([seed](int i) { return i * seed + (i >> 2) + seed; });
  }
  return all;
}

// One lane unlike all others, for tests of whole vectors.
void AppendOddLanes(int lane_bytes, std::vector<V128>* vectors) {
  for (int at = 0; at < 16; at += lane_bytes) {
    uint8_t ones[16] = {};
    for (int i = 0; i < lane_bytes; ++i) ones[at + i] = 0xff;
    const V128 odd = V128::Load(ones);
    vectors->push_back(odd);
    vectors->push_back(V128{~odd.raw});
  }
}

// Values for operands other than the first two vectors.
std::vector<V128> ValuesFor(Op op, char letter) {
  switch (letter) {
    case 'i':
      return AsVectors(EdgesOfI32());
    case 'l':
      return AsVectors(EdgesOfI64());
    case 'f':
      return AsVectors(EdgesOfF32());
    case 'd':
      return AsVectors(EdgesOfF64());
  }
  WEFT_CHECK(letter == 'v');
  std::vector<V128> vectors;
  const std::string_view text = wasm::RowOf(op).text;
  const bool all = text.substr(0, 5) == "v128.";
  for (const Shape& shape : Shapes()) {
    if (!all && text.find(shape.text) == std::string_view::npos) continue;
    vectors.insert(vectors.end(), shape.vectors.begin(), shape.vectors.end());
    if (shape.text[0] == 'i') AppendOddLanes(shape.lane_bytes, &vectors);
  }
  return vectors;
}

// Every pair of lanes of one shape meets.
void AppendVectorPairs(Op op, std::vector<std::vector<V128>>* grid) {
  const std::string_view text = wasm::RowOf(op).text;
  const bool all = text.substr(0, 5) == "v128.";
  for (const Shape& shape : Shapes()) {
    if (!all && text.find(shape.text) == std::string_view::npos) continue;
    for (const V128& a : shape.vectors) {
      for (const V128& b : shape.vectors) {
        for (int turn = 0; turn < 16; turn += shape.lane_bytes) {
          grid->push_back({a, Rotate(b, turn)});
        }
      }
    }
  }
}

// Each of the lists followed by each value.
void AppendOperand(const std::vector<V128>& values,
                   std::vector<std::vector<V128>>* grid) {
  std::vector<std::vector<V128>> longer;
  longer.reserve(grid->size() * values.size());
  for (const std::vector<V128>& list : *grid) {
    for (const V128& value : values) {
      longer.push_back(list);
      longer.back().push_back(value);
    }
  }
  *grid = std::move(longer);
}

// Each of the lists followed by two values, others each time.
void AppendSample(const std::vector<V128>& values,
                  std::vector<std::vector<V128>>* grid) {
  std::vector<std::vector<V128>> longer;
  longer.reserve(2 * grid->size());
  for (size_t i = 0; i < grid->size(); ++i) {
    for (size_t sample : {i, i / values.size() + 7 * i}) {
      longer.push_back((*grid)[i]);
      longer.back().push_back(
          Rotate(values[sample % values.size()], sample / 3 % 4 * 4));
    }
  }
  *grid = std::move(longer);
}

// Four operands of wide arithmetic: a few each.
std::vector<V128> FewIntegers() {
  return AsVectors(std::vector<uint64_t>{
      0, 1, 0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001,
      0xfffffffffffffffe, 0xffffffffffffffff, 0x123456789abcdef0});
}

}  // namespace

const std::vector<uint32_t>& EdgesOfI32() {
  static const auto* const edges =
      new std::vector<uint32_t>(IntegerEdges<uint32_t>());
  return *edges;
}

const std::vector<uint64_t>& EdgesOfI64() {
  static const auto* const edges =
      new std::vector<uint64_t>(IntegerEdges<uint64_t>());
  return *edges;
}

const std::vector<uint32_t>& EdgesOfF32() {
  static const auto* const edges =
      new std::vector<uint32_t>(FloatEdges<float>(Numbers()));
  return *edges;
}

// Some numbers here are half way between two of f32.
const std::vector<uint64_t>& EdgesOfF64() {
  static const auto* const edges = [] {
    std::vector<double> numbers = Numbers();
    for (double number :
         {0x1p-150, 0x1.8p-149, 0x1.fffffcp-127, 0x1.fffffep-127,
          0x1.fffffffp-127, 0x1p-1022, 0x1.000001p0, 0x1.000003p0,
          0x1.fffffep127, 0x1.ffffffp127, 0x1p128, 2147483647.0, 4294967295.0,
          0x1.fffffffffffffp51, 0x1.fffffffffffffp62, 0x1.8p1000}) {
      numbers.push_back(number);
    }
    return new std::vector<uint64_t>(FloatEdges<double>(numbers));
  }();
  return *edges;
}

std::vector<std::vector<V128>> GridOf(Op op) {
  const wasm::OpRow& row = wasm::RowOf(op);
  const std::string_view operands =
      row.signature.substr(0, row.signature.find(':'));
  std::vector<std::vector<V128>> grid;
  size_t next = 0;
  if (operands.substr(0, 2) == "vv") {
    AppendVectorPairs(op, &grid);
    next = 2;
  } else {
    grid.push_back({});
  }
  for (; next < operands.size(); ++next) {
    if (next == 2 && operands[next] == 'v') {
      AppendSample(ValuesFor(op, 'v'), &grid);
    } else if (operands.size() == 4) {
      AppendOperand(FewIntegers(), &grid);
    } else {
      AppendOperand(ValuesFor(op, operands[next]), &grid);
    }
  }
  if (row.immediates == "lane") {
    AppendOperand(LaneIndices(op), &grid);
  } else if (row.immediates == "lanes16") {
    AppendSample(Shuffles(), &grid);
  } else if (row.immediates == "v128") {
    AppendOperand(ValuesFor(op, 'v'), &grid);
  } else if (!row.immediates.empty()) {  // The value of a constant.
    AppendOperand(ValuesFor(op, row.signature.back()), &grid);
  }
  return grid;
}

}  // namespace weft::exec
