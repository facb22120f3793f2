// Recursion over the tree with sets of offsets. A loop ends when it adds no
// offset.

#include "testdata/programs/regex/oracle.h"

namespace regex {
namespace {

uint32_t RepeatEnds(const Node& node, std::string_view text, uint32_t starts) {
  const Node& child = *node.children[0];
  uint32_t ends = starts;
  for (int i = 0; i < node.min; i++) ends = MatchEnds(child, text, ends);
  uint32_t all = ends;
  for (int i = node.min; node.max == Node::kNoLimit || i < node.max; i++) {
    ends = MatchEnds(child, text, ends);
    if ((ends | all) == all) break;
    all |= ends;
  }
  return all;
}

}  // namespace

uint32_t MatchEnds(const Node& node, std::string_view text, uint32_t starts) {
  uint32_t ends = 0;
  switch (node.kind) {
    case Node::Kind::kSet:
      for (size_t i = 0; i < text.size(); i++) {
        if (!node.set.Contains(static_cast<uint8_t>(text[i]))) continue;
        ends |= (starts >> i & 1) << (i + 1);
      }
      return ends;
    case Node::Kind::kConcat:
      for (const auto& child : node.children) {
        starts = MatchEnds(*child, text, starts);
      }
      return starts;
    case Node::Kind::kAlternate:
      for (const auto& child : node.children) {
        ends |= MatchEnds(*child, text, starts);
      }
      return ends;
    case Node::Kind::kRepeat:
      return RepeatEnds(node, text, starts);
    case Node::Kind::kGroup:
      return MatchEnds(*node.children[0], text, starts);
    case Node::Kind::kBegin:
      return starts & 1;
    case Node::Kind::kEnd:
      break;
  }
  return starts & uint32_t{1} << text.size();
}

}  // namespace regex
