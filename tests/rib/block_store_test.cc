// BlockStore against plain vectors: every block keeps its octets, none is given twice, and what is freed is used again.
#include "rib/block_store.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace bgp::rib {
namespace {

// Small ones, a few sizes of them again and again, and some around what still shares a chunk.
std::size_t some_size() {
  return *rc::gen::weightedOneOf<std::size_t>({{6, rc::gen::inRange<std::size_t>(1, 40)},
                                               {3, rc::gen::inRange<std::size_t>(1000, 1050)},
                                               {1, rc::gen::inRange<std::size_t>(60'000, 140'000)}});
}

RC_GTEST_PROP(BlockStore, KeepsTheOctetsOfEveryBlock, ()) {
  struct Block {
    std::size_t size;
    std::uint8_t content;
  };
  BlockStore store;
  std::map<std::uint32_t, Block> model;
  for (int step = *rc::gen::inRange(1, 400); step > 0; --step) {
    if (model.empty() || *rc::gen::inRange(0, 5) < 3) {
      Block const block{some_size(), static_cast<std::uint8_t>(step)};
      auto const id = store.allocate(block.size);
      RC_ASSERT(id != 0U);
      RC_ASSERT(model.emplace(id, block).second);
      std::fill_n(store[id], block.size, block.content);
    } else {
      auto victim = model.begin();
      std::advance(victim, *rc::gen::inRange<std::size_t>(0, model.size()));
      store.release(victim->first, victim->second.size);
      model.erase(victim);
    }
  }
  for (auto const& [id, block] : model) {
    auto const holds = [&](std::uint8_t octet) { return octet == block.content; };
    RC_ASSERT(std::all_of(store[id], store[id] + block.size, holds));
  }
  for (auto const& [id, block] : model) store.release(id, block.size);
  RC_ASSERT(store.memory() == 0U);
}

TEST(BlockStore, WhatIsFreedIsUsedAgain) {
  constexpr std::size_t bookkeeping = 4096;
  BlockStore store;
  auto const kept = store.allocate(8);
  std::size_t once = 0;
  for (int i = 0; i < 3; ++i) {
    std::vector<std::pair<std::uint32_t, std::size_t>> blocks;
    for (std::size_t size = 1; size < 3000; size += 7) blocks.emplace_back(store.allocate(size), size);
    if (i == 0) once = store.memory();
    EXPECT_LE(store.memory(), once + bookkeeping);
    for (auto const& [id, size] : blocks) store.release(id, size);
  }
  store.release(kept, 8);
}

TEST(BlockStore, ALargeBlockGivesItsMemoryBack) {
  BlockStore store;
  store.allocate(8);
  auto const before = store.memory();
  auto const large = store.allocate(100'000);
  EXPECT_GE(store.memory(), before + 100'000);
  store.release(large, 100'000);
  EXPECT_LT(store.memory(), before + 1000);
}

// Who replaces all it has by a little larger ones, again and again, must not keep what each size once took.
TEST(BlockStore, WhatOneSizeHadServesAnother) {
  BlockStore store;
  auto const kept = store.allocate(8);
  std::size_t most = 0;
  for (std::size_t size = 48; size <= 480; size += 8) {
    std::vector<std::uint32_t> blocks;
    for (std::size_t octets = 0; octets < 1'000'000; octets += size) blocks.push_back(store.allocate(size));
    for (auto const block : blocks) store.release(block, size);
    most = std::max(most, store.memory());
  }
  EXPECT_LT(most, 1'300'000U);
  store.release(kept, 8);
}

}  // namespace
}  // namespace bgp::rib
