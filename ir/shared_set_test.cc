// Sets that share storage do what std::set does.
#include "ir/shared_set.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <random>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace weft::ir {
namespace {

using Model = std::set<uint32_t>;

std::vector<uint32_t> Elements(const SharedSet& set) {
  std::vector<uint32_t> elements;
  set.ForEach([&](uint32_t i) { elements.push_back(i); });
  return elements;
}

std::vector<uint32_t> Elements(const Model& set) {
  return {set.begin(), set.end()};
}

TEST(SharedSet, CopiesDoNotFollowTheOriginal) {
  SetPool pool;
  pool.Reset(100000);
  SharedSet a(&pool);
  a.Insert(7);
  a.Insert(99999);
  SharedSet b = a;
  a.Erase(7);
  b.Insert(512);
  EXPECT_EQ(Elements(a), (std::vector<uint32_t>{99999}));
  EXPECT_EQ(Elements(b), (std::vector<uint32_t>{7, 512, 99999}));
}

TEST(SharedSet, UnionSaysWhetherThereWasSomethingToAdd) {
  SetPool pool;
  pool.Reset(10000);
  SharedSet a(&pool);
  SharedSet b(&pool);
  a.Insert(1);
  a.Insert(9000);
  b.Insert(9000);
  EXPECT_FALSE(a.Union(b));
  b.Insert(5000);
  EXPECT_TRUE(a.Union(b));
  EXPECT_FALSE(a.Union(b));
  EXPECT_EQ(Elements(a), (std::vector<uint32_t>{1, 5000, 9000}));
  EXPECT_EQ(Elements(b), (std::vector<uint32_t>{5000, 9000}));
}

TEST(SharedSet, NothingIsLeftBehind) {
  SetPool pool;
  pool.Reset(1000000);
  {
    SharedSet a(&pool);
    for (uint32_t i = 0; i < 1000000; i += 999) a.Insert(i);
    SharedSet b = a;
    for (uint32_t i = 0; i < 1000000; i += 999) b.Erase(i);
    EXPECT_TRUE(b.empty());
    EXPECT_GT(pool.num_nodes(), 0u);
  }
  EXPECT_EQ(pool.num_nodes(), 0u);
}

TEST(SharedSet, WhatTwoSetsShareIsNotLookedAt) {
  SetPool pool;
  pool.Reset(1 << 20);
  SharedSet a(&pool);
  for (uint32_t i = 0; i < 1 << 20; i += 3) a.Insert(i);
  SharedSet b = a;
  b.Erase(3);
  b.Insert(1000000);
  const size_t before = pool.work();
  std::vector<uint32_t> missing;
  a.ForEachNotIn(b, [&](uint32_t i) { missing.push_back(i); });
  EXPECT_TRUE(a.Union(b));
  EXPECT_EQ(missing, (std::vector<uint32_t>{3}));
  EXPECT_LT(pool.work() - before, 40u);
}

// Some sets, changed at random in every way, beside their models.
TEST(SharedSet, BehavesAsAModelDoes) {
  for (const uint32_t universe : {1u, 512u, 513u, 9000u, 200000u}) {
    SetPool pool;
    pool.Reset(universe);
    std::mt19937 random(universe);
    std::vector<SharedSet> sets(5, SharedSet(&pool));
    std::vector<Model> models(5);
    for (int step = 0; step < 4000; ++step) {
      const size_t at = random() % 5;
      const size_t other = random() % 5;
      // Close together now and then, so that nodes fill and empty.
      const uint32_t i =
          random() % (step % 2 == 0 ? universe : 1 + universe / 9);
      switch (random() % 8) {
        case 0:
          sets[at] = sets[other];
          models[at] = models[other];
          break;
        case 1: {
          Model all = models[at];
          all.insert(models[other].begin(), models[other].end());
          EXPECT_EQ(sets[at].Union(sets[other]), all != models[at]);
          models[at] = std::move(all);
          break;
        }
        case 2:
        case 3:
          sets[at].Erase(i);
          models[at].erase(i);
          break;
        case 4: {
          std::vector<uint32_t> want;
          std::set_difference(models[at].begin(), models[at].end(),
                              models[other].begin(), models[other].end(),
                              std::back_inserter(want));
          std::vector<uint32_t> got;
          sets[at].ForEachNotIn(sets[other],
                                [&](uint32_t e) { got.push_back(e); });
          ASSERT_EQ(got, want);
          break;
        }
        default:
          sets[at].Insert(i);
          models[at].insert(i);
          break;
      }
      ASSERT_EQ(sets[at].Contains(i), models[at].contains(i));
      ASSERT_EQ(sets[at].empty(), models[at].empty());
      if (step % 64 == 0) {
        for (size_t s = 0; s < 5; ++s) {
          ASSERT_EQ(Elements(sets[s]), Elements(models[s]));
        }
      }
    }
    sets.clear();
    EXPECT_EQ(pool.num_nodes(), 0u);
  }
}

}  // namespace
}  // namespace weft::ir
