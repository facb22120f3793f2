// One directive after the other; those of a thread lie flat behind it. Text
// modules are found by their parentheses and handed to the module parser.
#include "ir/wasm/text/script.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ir/wasm/text/parser.h"
#include "ir/wasm/text/script_values.h"
#include "ir/wasm/text/token_reader.h"

namespace weft::wasm {
namespace {

class ScriptReader {
 public:
  ScriptReader(absl::string_view text, const ReadScriptOptions& options)
      : text_(text),
        options_(options),
        reader_(text, 0, static_cast<uint32_t>(text.size()), options.file,
                TokenReader::NoAnnotation) {}

  bool Read();
  const absl::Status& status() const { return reader_.status(); }
  Script TakeScript() { return std::move(script_); }

 private:
  // The directives by their first word. A handler begins behind that word and
  // ends before the closing parenthesis.
  struct Form {
    absl::string_view word;
    Directive::Kind kind;
    bool (ScriptReader::*read)();
  };
  static const Form kForms[15];

  // Whether the text is the bare fields of a module.
  bool IsBareModule();
  void ReadBareModule();
  bool ReadDirective();
  const Form* FindForm(absl::string_view word) const;
  bool FailUnknown(absl::string_view word);

  // Handlers.
  bool ReadModuleDirective();
  bool ReadRegister();
  bool ReadActionDirective();
  bool ReadAssertReturn();
  bool ReadAssertException();
  bool ReadActionAndText();
  bool ReadAssertTrap();
  bool ReadModuleAndText();
  bool ReadAssertUnlinkable();
  bool ReadThread();
  bool ReadWait();

  bool ReadAction(ScriptAction* action);
  // Behind "(invoke" or "(get".
  bool ReadActionTail(ScriptAction* action);
  // Behind "(module", whose parenthesis is at `offset`; to its end.
  bool ReadModuleTail(uint32_t offset, ScriptModule* module);
  bool ReadWrittenModule(uint32_t offset, ScriptModule* module);
  bool ReadStrings(ScriptModule* module);
  // Behind "(module instance"; to its end.
  bool ReadInstanceTail();
  // A module or `(module instance ...)` with its parentheses.
  bool ReadModuleOrInstance();
  bool ExpectText(std::string* text);
  bool ExpectId(std::string* id);
  void TakeId(std::string* id);
  void SetParsed(absl::StatusOr<std::vector<uint8_t>> parsed,
                 ScriptModule* module);

  Directive& current() { return script_.directives.back(); }
  uint32_t LineOf(uint32_t offset);

  absl::string_view text_;
  const ReadScriptOptions& options_;
  TokenReader reader_;
  Script script_;
  std::vector<size_t> threads_;  // Directives that are open.
  uint32_t line_ = 1;            // Of the byte at line_offset_.
  uint32_t line_offset_ = 0;
};

constexpr ScriptReader::Form ScriptReader::kForms[15] = {
    {"module", Directive::kModule, &ScriptReader::ReadModuleDirective},
    {"register", Directive::kRegister, &ScriptReader::ReadRegister},
    {"invoke", Directive::kAction, &ScriptReader::ReadActionDirective},
    {"get", Directive::kAction, &ScriptReader::ReadActionDirective},
    {"assert_return", Directive::kAssertReturn,
     &ScriptReader::ReadAssertReturn},
    {"assert_trap", Directive::kAssertTrap, &ScriptReader::ReadAssertTrap},
    {"assert_exception", Directive::kAssertException,
     &ScriptReader::ReadAssertException},
    {"assert_exhaustion", Directive::kAssertExhaustion,
     &ScriptReader::ReadActionAndText},
    {"assert_malformed", Directive::kAssertMalformed,
     &ScriptReader::ReadModuleAndText},
    {"assert_invalid", Directive::kAssertInvalid,
     &ScriptReader::ReadModuleAndText},
    {"assert_malformed_custom", Directive::kAssertMalformedCustom,
     &ScriptReader::ReadModuleAndText},
    {"assert_invalid_custom", Directive::kAssertInvalidCustom,
     &ScriptReader::ReadModuleAndText},
    {"assert_unlinkable", Directive::kAssertUnlinkable,
     &ScriptReader::ReadAssertUnlinkable},
    {"thread", Directive::kThread, &ScriptReader::ReadThread},
    {"wait", Directive::kWait, &ScriptReader::ReadWait},
};

constexpr absl::string_view kFieldWords[] = {
    "type",   "rec", "import", "func",  "table", "memory",
    "global", "tag", "export", "start", "elem",  "data",
};

bool ScriptReader::Read() {
  if (IsBareModule()) {
    ReadBareModule();
    return true;
  }
  while (reader_.kind() != TokenKind::kEnd) {
    if (!threads_.empty() && reader_.TakeRight()) {
      const size_t thread = threads_.back();
      threads_.pop_back();
      script_.directives[thread].num_directives =
          script_.directives.size() - thread - 1;
    } else if (!ReadDirective()) {
      return false;
    }
  }
  return threads_.empty() || reader_.FailExpected("')' to close the thread");
}

bool ScriptReader::IsBareModule() {
  const absl::string_view word = reader_.FormWord();
  for (absl::string_view field : kFieldWords) {
    if (word == field) return true;
  }
  return false;
}

void ScriptReader::ReadBareModule() {
  Directive& directive = script_.directives.emplace_back();
  directive.offset = reader_.peek().begin;
  directive.line = LineOf(directive.offset);
  directive.module.offset = directive.offset;
  SetParsed(ParseModuleText(text_, {options_.features, options_.file}),
            &directive.module);
}

bool ScriptReader::ReadDirective() {
  if (reader_.kind() != TokenKind::kLeft) {
    return reader_.FailExpected("a directive");
  }
  const absl::string_view word = reader_.FormWord();
  const Form* const form = FindForm(word);
  if (form == nullptr) return FailUnknown(word);
  Directive& directive = script_.directives.emplace_back();
  directive.kind = form->kind;
  directive.offset = reader_.peek().begin;
  directive.line = LineOf(directive.offset);
  if (form->kind == Directive::kAction) {
    directive.action.kind =
        word == "get" ? ScriptAction::kGet : ScriptAction::kInvoke;
  }
  reader_.Advance();
  reader_.Advance();
  if (!(this->*form->read)()) return false;
  // Modules end with their text, threads with their last directive.
  if (form->kind == Directive::kModule || form->kind == Directive::kThread) {
    return true;
  }
  return reader_.ExpectRight();
}

const ScriptReader::Form* ScriptReader::FindForm(absl::string_view word) const {
  if (word.empty()) return nullptr;
  for (const Form& form : kForms) {
    if (form.word == word) return &form;
  }
  return nullptr;
}

bool ScriptReader::FailUnknown(absl::string_view word) {
  if (word.empty()) reader_.Advance();
  return reader_.FailExpected(
      "a directive: module, register, invoke, get, assert_..., thread or "
      "wait");
}

bool ScriptReader::ReadModuleDirective() {
  if (reader_.TakeKeyword("instance")) return ReadInstanceTail();
  return ReadModuleTail(current().offset, &current().module);
}

bool ScriptReader::ReadInstanceTail() {
  Directive& directive = current();
  if (directive.kind == Directive::kModule) {
    directive.kind = Directive::kInstance;
  }
  directive.has_module_id = true;
  TakeId(&directive.id);
  TakeId(&directive.module_id);
  // One id alone is the definition's.
  if (directive.module_id.empty()) std::swap(directive.id, directive.module_id);
  return reader_.ExpectRight();
}

bool ScriptReader::ReadModuleTail(uint32_t offset, ScriptModule* module) {
  module->offset = offset;
  module->is_definition = reader_.TakeKeyword("definition");
  TakeId(&module->id);
  if (reader_.TakeKeyword("binary")) {
    module->form = ScriptModule::kBinary;
    return ReadStrings(module);
  }
  if (reader_.TakeKeyword("quote")) {
    module->form = ScriptModule::kQuote;
    return ReadStrings(module);
  }
  return ReadWrittenModule(offset, module);
}

bool ScriptReader::ReadStrings(ScriptModule* module) {
  std::string content;
  while (reader_.kind() == TokenKind::kString) {
    AppendStringBytes(reader_.text(), &content);
    reader_.Advance();
  }
  if (reader_.kind() != TokenKind::kRight) {
    return reader_.FailExpected("a string");
  }
  if (module->form == ScriptModule::kBinary) {
    module->bytes.assign(content.begin(), content.end());
  } else {
    const std::string file =
        absl::StrCat(options_.file, ":", LineOf(module->offset), ": quoted");
    SetParsed(ParseModuleText(content, {options_.features, file}), module);
  }
  reader_.Advance();
  return true;
}

// The module parser knows no `(module definition ...)` and gets its fields.
bool ScriptReader::ReadWrittenModule(uint32_t offset, ScriptModule* module) {
  const uint32_t fields = reader_.peek().begin;
  Lexer lexer(text_);
  lexer.Seek(offset + 1);
  if (!lexer.SkipToClose()) {
    return reader_.FailAt(lexer.error_offset(), lexer.error());
  }
  const uint32_t end = lexer.position();
  const ParseTextOptions options = {options_.features, options_.file};
  SetParsed(module->is_definition
                ? ParseModuleTextPart(text_, fields, end - 1, options)
                : ParseModuleTextPart(text_, offset, end, options),
            module);
  reader_.Seek(end);
  return true;
}

void ScriptReader::SetParsed(absl::StatusOr<std::vector<uint8_t>> parsed,
                             ScriptModule* module) {
  module->parse_status = parsed.status();
  if (parsed.ok()) module->bytes = *std::move(parsed);
}

bool ScriptReader::ReadRegister() {
  if (!ExpectText(&current().text)) return false;
  TakeId(&current().id);
  return true;
}

bool ScriptReader::ReadActionDirective() {
  return ReadActionTail(&current().action);
}

bool ScriptReader::ReadAction(ScriptAction* action) {
  if (reader_.TakeForm("get")) {
    action->kind = ScriptAction::kGet;
  } else if (!reader_.TakeForm("invoke")) {
    return reader_.FailExpected("an action: '(invoke' or '(get'");
  }
  return ReadActionTail(action) && reader_.ExpectRight();
}

bool ScriptReader::ReadActionTail(ScriptAction* action) {
  TakeId(&action->instance);
  if (!ExpectText(&action->name)) return false;
  if (action->kind == ScriptAction::kGet) return true;
  while (reader_.kind() != TokenKind::kRight) {
    if (!ReadScriptValue(&reader_, &action->arguments.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool ScriptReader::ReadAssertReturn() {
  if (!ReadAction(&current().action)) return false;
  while (reader_.kind() != TokenKind::kRight) {
    if (!ReadExpectedResult(&reader_, &current().results.emplace_back())) {
      return false;
    }
  }
  return true;
}

bool ScriptReader::ReadAssertException() {
  return ReadAction(&current().action);
}

bool ScriptReader::ReadActionAndText() {
  return ReadAction(&current().action) && ExpectText(&current().text);
}

bool ScriptReader::ReadAssertTrap() {
  if (!reader_.AtForm("module")) return ReadActionAndText();
  current().kind = Directive::kAssertUninstantiable;
  return ReadModuleOrInstance() && ExpectText(&current().text);
}

bool ScriptReader::ReadAssertUnlinkable() {
  return ReadModuleOrInstance() && ExpectText(&current().text);
}

bool ScriptReader::ReadModuleOrInstance() {
  const uint32_t offset = reader_.peek().begin;
  if (!reader_.ExpectForm("module")) return false;
  if (reader_.TakeKeyword("instance")) return ReadInstanceTail();
  ScriptModule& module = current().module;
  if (!ReadModuleTail(offset, &module)) return false;
  return !module.is_definition ||
         reader_.FailAt(offset, "expected a module, found a definition");
}

bool ScriptReader::ReadModuleAndText() {
  const uint32_t offset = reader_.peek().begin;
  return reader_.ExpectForm("module") &&
         ReadModuleTail(offset, &current().module) &&
         ExpectText(&current().text);
}

bool ScriptReader::ReadThread() {
  TakeId(&current().id);
  while (reader_.TakeForm("shared")) {
    if (!reader_.ExpectForm("module") ||
        !ExpectId(&current().shared.emplace_back()) || !reader_.ExpectRight() ||
        !reader_.ExpectRight()) {
      return false;
    }
  }
  threads_.push_back(script_.directives.size() - 1);
  return true;
}

bool ScriptReader::ReadWait() { return ExpectId(&current().id); }

bool ScriptReader::ExpectText(std::string* text) {
  absl::string_view name;
  if (!reader_.ExpectName(&name)) return false;
  *text = std::string(name);
  return true;
}

bool ScriptReader::ExpectId(std::string* id) {
  if (!reader_.AtId()) return reader_.FailExpected("an identifier");
  TakeId(id);
  return true;
}

void ScriptReader::TakeId(std::string* id) {
  if (!reader_.AtId()) return;
  *id = std::string(reader_.IdName(reader_.peek()));
  reader_.Advance();
}

// Counts on from the last offset asked for, so that all calls together take
// linear time. REQUIRES: `offset` is not before that.
uint32_t ScriptReader::LineOf(uint32_t offset) {
  for (; line_offset_ < offset; ++line_offset_) {
    const char c = text_[line_offset_];
    const bool before_newline =
        line_offset_ + 1 < text_.size() && text_[line_offset_ + 1] == '\n';
    if (c == '\n' || (c == '\r' && !before_newline)) ++line_;
  }
  return line_;
}

}  // namespace

absl::string_view DirectiveName(Directive::Kind kind) {
  switch (kind) {
    case Directive::kModule:
      return "module";
    case Directive::kInstance:
      return "module instance";
    case Directive::kRegister:
      return "register";
    case Directive::kAction:
      return "action";
    case Directive::kAssertReturn:
      return "assert_return";
    case Directive::kAssertTrap:
    case Directive::kAssertUninstantiable:
      return "assert_trap";
    case Directive::kAssertException:
      return "assert_exception";
    case Directive::kAssertExhaustion:
      return "assert_exhaustion";
    case Directive::kAssertMalformed:
      return "assert_malformed";
    case Directive::kAssertInvalid:
      return "assert_invalid";
    case Directive::kAssertMalformedCustom:
      return "assert_malformed_custom";
    case Directive::kAssertInvalidCustom:
      return "assert_invalid_custom";
    case Directive::kAssertUnlinkable:
      return "assert_unlinkable";
    case Directive::kThread:
      return "thread";
    case Directive::kWait:
      return "wait";
  }
  return "";
}

bool HasModule(const Directive& directive) {
  switch (directive.kind) {
    case Directive::kModule:
    case Directive::kAssertMalformed:
    case Directive::kAssertInvalid:
    case Directive::kAssertMalformedCustom:
    case Directive::kAssertInvalidCustom:
      return true;
    case Directive::kAssertUnlinkable:
    case Directive::kAssertUninstantiable:
      return !directive.has_module_id;
    case Directive::kInstance:
    case Directive::kRegister:
    case Directive::kAction:
    case Directive::kAssertReturn:
    case Directive::kAssertTrap:
    case Directive::kAssertException:
    case Directive::kAssertExhaustion:
    case Directive::kThread:
    case Directive::kWait:
      break;
  }
  return false;
}

absl::StatusOr<Script> ReadScript(absl::string_view text,
                                  const ReadScriptOptions& options) {
  if (text.size() > kMaxTextSize) {
    return absl::ResourceExhaustedError(
        absl::StrCat(options.file, ": larger than 4 GiB"));
  }
  ScriptReader reader(text, options);
  if (!reader.Read()) return reader.status();
  return reader.TakeScript();
}

}  // namespace weft::wasm
