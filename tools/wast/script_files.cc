#include "tools/wast/script_files.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace weft::tools {
namespace {

namespace fs = std::filesystem;

struct Exclusion {
  absl::string_view folder;  // Last part of its path.
  absl::string_view reason;
};

constexpr Exclusion kExclusions[] = {
    {"custom-descriptors", "the proposal is not supported"},
};

const Exclusion* FindExclusion(const std::string& folder) {
  for (const Exclusion& exclusion : kExclusions) {
    if (exclusion.folder == folder) return &exclusion;
  }
  return nullptr;
}

// The exclusion that holds for `file` below `root`, and its folder.
const Exclusion* ExclusionOf(const fs::path& root, const fs::path& file,
                             fs::path* folder) {
  *folder = root;
  for (const fs::path& part : file.lexically_relative(root).parent_path()) {
    *folder /= part;
    const Exclusion* const exclusion = FindExclusion(part.string());
    if (exclusion != nullptr) return exclusion;
  }
  return nullptr;
}

absl::Status Failure(absl::string_view what, const std::error_code& error) {
  return absl::Status(absl::ErrnoToStatusCode(error.value()),
                      absl::StrCat("cannot ", what, ": ", error.message()));
}

absl::Status AddFolder(const fs::path& root, ScriptFiles* files) {
  std::error_code error;
  std::vector<fs::path> found;
  fs::recursive_directory_iterator entries(
      root, fs::directory_options::follow_directory_symlink, error);
  for (; !error && entries != fs::recursive_directory_iterator();
       entries.increment(error)) {
    if (entries->path().extension() == ".wast") {
      found.push_back(entries->path());
    }
  }
  if (error) return Failure("list", error);
  if (found.empty()) return absl::NotFoundError("no .wast files in there");
  // By parts, so that a folder's files stay together.
  std::sort(found.begin(), found.end());
  std::map<std::string, ExcludedScripts> excluded;
  for (const fs::path& path : found) {
    fs::path folder;
    const Exclusion* const exclusion = ExclusionOf(root, path, &folder);
    if (exclusion == nullptr) {
      files->paths.push_back(path.string());
      continue;
    }
    ExcludedScripts& entry = excluded[folder.string()];
    entry.folder = folder.string();
    entry.reason = std::string(exclusion->reason);
    ++entry.files;
  }
  for (auto& [folder, entry] : excluded) {
    files->excluded.push_back(std::move(entry));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ScriptFiles> FindScripts(const std::vector<std::string>& paths,
                                        std::string* failed) {
  ScriptFiles files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      files.paths.push_back(path);  // Reading it tells what is wrong.
      continue;
    }
    const absl::Status status = AddFolder(path, &files);
    if (!status.ok()) {
      *failed = path;
      return status;
    }
  }
  return files;
}

wasm::FeatureSet FeaturesOfScripts(absl::string_view folder) {
  constexpr absl::string_view kThreads = "proposals/threads";
  wasm::FeatureSet features = wasm::FeatureSet::All();
  if (folder == kThreads ||
      absl::EndsWith(folder, absl::StrCat("/", kThreads))) {
    features.Remove(wasm::Feature::kReferenceTypes);
    features.Remove(wasm::Feature::kMultiMemory);
    features.Remove(wasm::Feature::kMemory64);
  }
  return features;
}

std::string FolderOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

}  // namespace weft::tools
