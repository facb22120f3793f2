// The host of a session: makes what a module imports, and answers its calls.
#ifndef WEFT_CHECK_MOCK_HOST_H_
#define WEFT_CHECK_MOCK_HOST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "check/interface.h"
#include "check/observer.h"
#include "check/random.h"
#include "check/session.h"
#include "check/trace.h"
#include "exec/api.h"

namespace weft::check {

// The poison that a trap of this kind is, or kNone.
Poison PoisonOf(exec::TrapKind kind);

// Of what it puts at the end of an imported memory: words that are indices of
// its tables, as objects of a guest might hold them.
inline constexpr uint32_t kHostObjectBytes = 256;

// Everything about it depends on the interface, the options and the order of
// calls alone, so that it is the same for the module before and after.
class MockHost {
 public:
  MockHost(exec::Store& store, const Interface& interface,
           const SessionOptions& options, Trace& trace);
  MockHost(const MockHost&) = delete;
  MockHost& operator=(const MockHost&) = delete;

  // Makes all imports of the interface. Errors: ResourceExhausted for limits of
  // the store; Unimplemented for references that it cannot make.
  absl::Status MakeImports();
  // What `module` imports, in its order. REQUIRES: all of it is among the
  // imports of the interface.
  std::vector<exec::Extern> ImportsOf(const exec::Module& module) const;
  // From now on it sees the exports, too.
  void SetInstance(const exec::Instance& instance);

  // A value for a parameter; nothing when it has no such reference.
  std::optional<exec::Val> Argument(wasm::ValueType type, ByteSource& source);
  // Arguments for `func`, all zeros or null if that is possible for vector 0;
  // nothing as for Argument.
  std::optional<std::vector<exec::Val>> Arguments(const exec::FuncType& type,
                                                  uint32_t vector,
                                                  uint64_t seed);

  // Calls `func` and writes down how that ended, as the event that
  // `what` describes, of export number `exported`. Poison is noted and not
  // written down.
  exec::CallResult Call(const exec::Func& func, const exec::FuncType& type,
                        absl::Span<const exec::Val> args,
                        absl::string_view what, int64_t exported = -1);
  // Writes down how `result` ended.
  void Ended(const exec::CallResult& result,
             absl::Span<const exec::Val> results);
  // Writes down the visible state; whole memories only if `all` is set or
  // SessionOptions::look_often.
  void Look(bool all);

  Poison poison() const { return poison_; }
  bool stack_exhausted() const { return stack_exhausted_; }
  const Observer& observer() const { return observer_; }
  // What was captured; see SessionOptions::capture_event.
  std::vector<MemoryImage>& captured() { return captured_; }

 private:
  // One of the host's functions, which guests get as an import or in a table.
  struct Function {
    std::string name;
    exec::FuncType type;
  };

  absl::StatusOr<exec::Extern> Make(const Interface::Import& import,
                                    const std::string& name,
                                    ByteSource& source);
  absl::StatusOr<exec::Func> MakeFunc(std::string name, exec::TypeId type);
  absl::StatusOr<exec::Extern> MakeTable(const wasm::TableType& type,
                                         ByteSource& source);
  absl::StatusOr<exec::Extern> MakeMemory(const wasm::MemoryType& type,
                                          ByteSource& source);
  // Often the address of an object in memory, if the host has put some there.
  exec::Val Number(wasm::ValueType::Kind kind, ByteSource& source);
  // Keeps the references among `values`, to hand them out again.
  void Remember(absl::Span<const exec::Val> values);
  // One of them that has the reference type `type`, if there is one.
  std::optional<exec::Val> Remembered(wasm::ValueType type,
                                      ByteSource& source) const;
  // What a call of functions_[func] does and returns.
  exec::HostResult Answer(size_t func, absl::Span<const exec::Val> args,
                          absl::Span<exec::Val> results);
  void FillResults(const exec::FuncType& type, ByteSource& source,
                   absl::Span<exec::Val> results);
  // One of the things that a host does on its own.
  std::optional<exec::HostResult> Act(ByteSource& source);
  void WriteMemory(ByteSource& source);
  void WriteGlobal(ByteSource& source);
  void WriteTable(ByteSource& source);
  void Grow(ByteSource& source);
  std::optional<exec::HostResult> Reenter(ByteSource& source);
  std::optional<exec::HostResult> Throw(ByteSource& source);
  void Capture();

  exec::Store& store_;
  const Interface& interface_;
  const SessionOptions& options_;
  Trace& trace_;
  Observer observer_;
  std::vector<exec::Extern> imports_;  // By position in the interface.
  std::vector<Function> functions_;
  // For tables, one of each of Interface::called_types; made when needed.
  std::vector<exec::Func> table_funcs_;
  // Where the kHostObjectBytes begin.
  std::optional<uint64_t> objects_;
  std::optional<exec::Instance> instance_;
  std::vector<exec::Func> exported_funcs_;
  // The last references that guests gave away, at most kMaxRemembered.
  std::vector<exec::Val> remembered_;
  size_t next_remembered_ = 0;
  Poison poison_ = Poison::kNone;
  bool stack_exhausted_ = false;
  uint64_t host_calls_ = 0;
  int depth_ = 0;      // Of calls from host functions.
  int reentries_ = 0;  // Of all calls from host functions.
  int grows_ = 0;
  std::vector<MemoryImage> captured_;
};

}  // namespace weft::check

#endif  // WEFT_CHECK_MOCK_HOST_H_
