// The core modules of the shared corpus, those inside of components included.
#ifndef WEFT_PASSES_TESTING_CORPUS_H_
#define WEFT_PASSES_TESTING_CORPUS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace weft::passes::testing {

struct CorpusModule {
  std::string name;  // Of the file; with a number for one of several.
  std::vector<uint8_t> bytes;
};

// All modules of $WEFT_SHARED/corpus by name; empty when the variable is unset.
std::vector<CorpusModule> ReadCorpus();

}  // namespace weft::passes::testing

#endif  // WEFT_PASSES_TESTING_CORPUS_H_
