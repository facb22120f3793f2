// Bodies are encoded in parallel, each into a buffer of its own, and the writer
// of ir/wasm then copies them in output order.
#include "passes/link.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ir/wasm/branch_hints.h"
#include "ir/wasm/names.h"
#include "ir/wasm/writer.h"
#include "third_party/parallel_for.h"

namespace weft::passes {
namespace {

using wasm::ByteWriter;
using wasm::CustomAction;
using wasm::CustomSection;
using wasm::FuncIndex;

// A body in its final form.
struct Encoded {
  std::vector<uint8_t> bytes;
  std::vector<wasm::BranchHint> hints;
  absl::Status status;
};

// By function; empty for imports and for what is not kept.
std::vector<Encoded> EncodeBodies(const ModuleState& state,
                                  const wasm::IndexMaps& maps, int threads) {
  const wasm::Module& module = state.module();
  std::vector<Encoded> encoded(module.funcs.size());
  ParallelFor(encoded.size(), threads, [&](size_t i) {
    const auto func = static_cast<FuncIndex>(i);
    if (module.funcs[func].is_import() ||
        !state.is_kept(IndexSpace::kFuncs, func)) {
      return;
    }
    ByteWriter writer;
    writer.mutable_bytes().reserve(module.funcs[func].body.size());
    const auto hints = state.hints(func);
    std::vector<wasm::OperatorMove> moves;
    encoded[i].status = wasm::ReencodeBody(module, func, maps, &writer,
                                           hints.empty() ? nullptr : &moves);
    encoded[i].bytes = writer.Take();
    encoded[i].hints =
        wasm::MoveHints(hints, module.funcs[func].body_offset, moves);
  });
  return encoded;
}

bool HoldsCodeOffsets(absl::string_view name) {
  return absl::StartsWith(name, ".debug_") ||
         absl::StartsWith(name, "metadata.code.") ||
         name == "sourceMappingURL" || name == "external_debug_info";
}

// Takes away the entries of `map` whose index `gone` says so.
template <typename Map, typename Gone>
void EraseNames(Map* map, Gone gone) {
  map->erase(
      std::remove_if(map->begin(), map->end(),
                     [&](const auto& entry) { return gone(entry.index); }),
      map->end());
}

// Names of what is not kept. A duplicate goes with its name: the one that
// stands for it has its own, or none.
void EraseGoneNames(const ModuleState& state, wasm::Names* names) {
  const auto gone = [&](IndexSpace space) {
    return [&state, space](uint32_t index) {
      return index >= state.size(space) || !state.is_kept(space, index);
    };
  };
  const auto renumbered = [&](uint32_t func) {
    return gone(IndexSpace::kFuncs)(func) || state.has_new_locals(func);
  };
  EraseNames(&names->funcs, gone(IndexSpace::kFuncs));
  EraseNames(&names->locals, renumbered);
  EraseNames(&names->labels, renumbered);
  EraseNames(&names->types, gone(IndexSpace::kTypes));
  EraseNames(&names->fields, gone(IndexSpace::kTypes));
  EraseNames(&names->tables, gone(IndexSpace::kTables));
  EraseNames(&names->memories, gone(IndexSpace::kMemories));
  EraseNames(&names->globals, gone(IndexSpace::kGlobals));
  EraseNames(&names->elems, gone(IndexSpace::kElems));
  EraseNames(&names->datas, gone(IndexSpace::kDatas));
  EraseNames(&names->tags, gone(IndexSpace::kTags));
}

// Decides about custom sections and remembers what to warn about.
class CustomSections {
 public:
  // `encoded` as EncodeBodies made it; bodies may go, hints may not.
  CustomSections(const ModuleState& state, const wasm::IndexMaps& maps,
                 const std::vector<Encoded>& encoded, bool keep)
      : state_(state), maps_(maps), encoded_(encoded), keep_(keep) {
    stale_names_ = !maps.is_identity();
    for (FuncIndex i = 0; i < state.size(IndexSpace::kFuncs); ++i) {
      stale_names_ |= state.has_new_locals(i);
    }
  }

  CustomAction Decide(const CustomSection& section, ByteWriter* content) {
    if (!keep_) return CustomAction::kDrop;
    if (section.name == kHintSection) return WriteHints(section, content);
    if (HoldsCodeOffsets(section.name)) {
      return Drop(section, "it holds offsets into the code, which has changed");
    }
    if (section.name != "name" || !stale_names_) return CustomAction::kKeep;
    absl::StatusOr<wasm::Names> names =
        wasm::ParseNames(section.bytes, section.offset);
    if (!names.ok()) return Drop(section, names.status().message());
    if (!names->others.empty()) {
      names->others.clear();
      warnings_.push_back(
          "dropped subsections of the name section that are not known");
    }
    EraseGoneNames(state_, &*names);
    wasm::RemapNames(maps_, &*names);
    wasm::WriteNames(*names, content);
    return content->size() == 0 ? CustomAction::kDrop : CustomAction::kReplace;
  }

  std::vector<std::string> TakeWarnings() { return std::move(warnings_); }

 private:
  // The first section of hints; further ones have no meaning.
  CustomAction WriteHints(const CustomSection& section, ByteWriter* content) {
    if (!state_.hints_status().ok()) {
      return Drop(section, state_.hints_status().message());
    }
    if (hints_written_) return Drop(section, "there is another one");
    hints_written_ = true;
    std::vector<wasm::FunctionHints> functions;
    for (FuncIndex func : state_.OutputOrder(IndexSpace::kFuncs)) {
      if (encoded_[func].hints.empty()) continue;
      functions.push_back(
          {wasm::IndexMaps::Map(maps_.funcs, func), encoded_[func].hints});
    }
    if (functions.empty()) return CustomAction::kDrop;
    wasm::WriteBranchHints(functions, content);
    return CustomAction::kReplace;
  }

  CustomAction Drop(const CustomSection& section, absl::string_view why) {
    warnings_.push_back(
        absl::StrCat("dropped custom section ", section.name, ": ", why));
    return CustomAction::kDrop;
  }

  const ModuleState& state_;
  const wasm::IndexMaps& maps_;
  const std::vector<Encoded>& encoded_;
  bool keep_;
  bool hints_written_ = false;
  bool stale_names_;
  std::vector<std::string> warnings_;
};

}  // namespace

absl::StatusOr<Linked> Link(const ModuleState& state,
                            const LinkOptions& options) {
  const wasm::IndexMaps maps = state.MakeOutputMaps();
  std::vector<Encoded> encoded = EncodeBodies(state, maps, options.threads);
  const auto body = [&](FuncIndex func, ByteWriter* out) {
    Encoded& one = encoded[func];
    if (!one.status.ok()) return one.status;
    out->Bytes(one.bytes);
    std::vector<uint8_t>().swap(one.bytes);
    return absl::OkStatus();
  };
  CustomSections customs(state, maps, encoded, options.custom_sections);
  const auto decide = [&](const CustomSection& section, ByteWriter* content) {
    return customs.Decide(section, content);
  };
  absl::StatusOr<std::vector<uint8_t>> bytes =
      wasm::WriteModule(state.module(), maps, body, decide);
  if (!bytes.ok()) return bytes.status();
  return Linked{*std::move(bytes), customs.TakeWarnings()};
}

bool IsRelocatable(const wasm::Module& module) {
  for (const CustomSection& section : module.customs) {
    if (section.name == "linking" || absl::StartsWith(section.name, "reloc.")) {
      return true;
    }
  }
  return false;
}

absl::Status RefuseRelocatable(const wasm::Module& module) {
  if (!IsRelocatable(module)) return absl::OkStatus();
  return absl::UnimplementedError(
      "a relocatable object (it has linking or reloc.* sections): link it "
      "first, then optimize the result");
}

uint64_t NonCustomBytes(const wasm::Module& module) {
  constexpr uint64_t kPreamble = 8;
  uint64_t total = kPreamble;
  for (const wasm::SectionRange& range : module.sections) {
    if (range.id == wasm::SectionId::kCustom) continue;
    total += range.content_offset - range.offset + range.size;
  }
  return total;
}

}  // namespace weft::passes
