#include "exec/bytecode/code_arena.h"

#include <algorithm>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace weft::exec {
namespace {

constexpr size_t kHugeCells = size_t{1} << 19;  // 4 MiB.

struct Piece {
  Cell* begin;
  size_t size;
  Cell mark;
};

// All cells can be written, and none belongs to two pieces.
class Pieces {
 public:
  void Add(CodeArena* arena, size_t size) {
    const Piece piece = {arena->Allocate(size), size, pieces_.size() + 1};
    std::fill_n(piece.begin, size, piece.mark);
    pieces_.push_back(piece);
  }

  void Check() const {
    for (const Piece& piece : pieces_) {
      EXPECT_EQ(std::count(piece.begin, piece.begin + piece.size, piece.mark),
                static_cast<int64_t>(piece.size));
    }
  }

 private:
  std::vector<Piece> pieces_;
};

TEST(CodeArenaTest, PiecesOfAllSizes) {
  CodeArena arena;
  Pieces pieces;
  for (size_t size = 1; size < (size_t{1} << 20); size = size * 3 / 2 + 1) {
    pieces.Add(&arena, size);
    pieces.Add(&arena, 1);
  }
  pieces.Check();
}

TEST(CodeArenaTest, ManySmallPieces) {
  CodeArena arena;
  Pieces pieces;
  for (size_t i = 0; i < 100'000; ++i) pieces.Add(&arena, i % 7 + 1);
  pieces.Check();
}

TEST(CodeArenaTest, MoreThanExpected) {
  for (const size_t expected :
       {size_t{0}, size_t{1}, size_t{5000}, kHugeCells}) {
    CodeArena arena;
    arena.Expect(expected);
    Pieces pieces;
    for (size_t i = 0; i < 2000; ++i) pieces.Add(&arena, i);
    pieces.Check();
  }
}

TEST(CodeArenaTest, ExpectedPiecesAreNeighbours) {
  CodeArena arena;
  arena.Expect(kHugeCells);
  Cell* const first = arena.Allocate(100);
  EXPECT_EQ(arena.Allocate(kHugeCells - 200), first + 100);
  EXPECT_EQ(arena.Allocate(100), first + kHugeCells - 100);
}

TEST(CodeArenaTest, ExpectedTwice) {
  CodeArena arena;
  arena.Expect(kHugeCells);
  Cell* const first = arena.Allocate(1);
  arena.Expect(kHugeCells / 2);  // Is there already.
  EXPECT_EQ(arena.Allocate(1), first + 1);
  arena.Expect(2 * kHugeCells);
  Pieces pieces;
  pieces.Add(&arena, 2 * kHugeCells);
  pieces.Check();
}

TEST(CodeArenaTest, Threads) {
  CodeArena arena;
  std::vector<Pieces> pieces(4);
  std::vector<std::thread> threads;
  for (Pieces& mine : pieces) {
    threads.emplace_back([&arena, &mine] {
      for (size_t i = 0; i < 5000; ++i) mine.Add(&arena, i % 50);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Pieces& mine : pieces) mine.Check();
}

}  // namespace
}  // namespace weft::exec
