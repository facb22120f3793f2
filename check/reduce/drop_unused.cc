#include <memory>
#include <utility>
#include <vector>

#include "check/reduce/mentions.h"
#include "check/reduce/reduce_module.h"

namespace weft::check::reducing {
namespace {

struct Entity {
  Space space;
  uint32_t index;
};

// The entities for which `used`, by id, is false; segments only if wanted.
std::vector<Entity> Unused(const wasm::Module& module, const Mentions& mentions,
                           const std::vector<bool>& used, bool segments) {
  std::vector<Entity> unused;
  for (int s = 0; s < kSpaces; ++s) {
    const auto space = static_cast<Space>(s);
    if (!segments && (space == Space::kElems || space == Space::kDatas)) {
      continue;
    }
    const auto size = static_cast<uint32_t>(SizeOf(module, space));
    for (uint32_t i = 0; i < size; ++i) {
      if (!used[mentions.IdOf(space, i)]) unused.push_back({space, i});
    }
  }
  return unused;
}

absl::StatusOr<Bytes> Without(const Subject& subject,
                              absl::Span<const Entity> entities) {
  Draft draft(subject);
  std::vector<bool> removed[kSpaces];
  for (const Entity& entity : entities) {
    std::vector<bool>& of_space = removed[static_cast<int>(entity.space)];
    of_space.resize(SizeOf(subject.module(), entity.space));
    of_space[entity.index] = true;
  }
  for (int s = 0; s < kSpaces; ++s) {
    if (removed[s].empty()) continue;
    RemoveEntities(static_cast<Space>(s), removed[s], &draft);
  }
  return draft.Write();
}

}  // namespace

absl::StatusOr<Bytes> WithoutFunction(const Subject& subject,
                                      wasm::FuncIndex func) {
  const Mentions mentions(subject.module());
  if (mentions.Mentioned()[mentions.IdOf(Space::kFuncs, func)]) {
    return subject.bytes();
  }
  const Entity entity = {Space::kFuncs, func};
  return Without(subject, {&entity, 1});
}

absl::StatusOr<Bytes> WithoutUnusedTypes(absl::StatusOr<Bytes> bytes) {
  if (!bytes.ok()) return bytes.status();
  const absl::StatusOr<std::unique_ptr<Subject>> subject =
      Subject::Make(*std::move(bytes));
  if (!subject.ok()) return subject.status();
  const Mentions mentions((*subject)->module());
  std::vector<Entity> unused =
      Unused((*subject)->module(), mentions, mentions.Mentioned(), false);
  std::erase_if(unused, [](const Entity& entity) {
    return entity.space != Space::kTypes;
  });
  return Without(**subject, unused);
}

Plan PlanUnreached(const Subject& subject) {
  const Mentions mentions(subject.module());
  const auto unused = std::make_shared<std::vector<Entity>>(
      Unused(subject.module(), mentions, mentions.Reached(), true));
  return {unused->empty() ? size_t{0} : 1, [&subject, unused](size_t, size_t) {
            return Without(subject, *unused);
          }};
}

Plan PlanUnmentioned(const Subject& subject) {
  const Mentions mentions(subject.module());
  const auto unused = std::make_shared<std::vector<Entity>>(
      Unused(subject.module(), mentions, mentions.Mentioned(), false));
  return {unused->size(), [&subject, unused](size_t begin, size_t end) {
            return Without(subject, absl::MakeConstSpan(*unused).subspan(
                                        begin, end - begin));
          }};
}

}  // namespace weft::check::reducing
