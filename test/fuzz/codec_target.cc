#include <v8.h>

#include <memory>
#include <string>
#include <utility>

#include "fuzz_cell.h"
#include "input.h"
#include "isolate/values/exception.h"
#include "isolate/values/strings.h"
#include "isolate/values/value_codec.h"
#include "target.h"

namespace codecell::fuzz {

namespace {

using isolate::IsolateScope;
using isolate::Json;

bool AreEqual(v8::Local<v8::String> a, v8::Local<v8::String> b) { return a->StringEquals(b); }

void CheckThrown(IsolateScope& scope, const v8::TryCatch& caught) {
  Expect(caught.HasCaught(), "what failed left an exception");
  if (!caught.CanContinue()) return;
  const protocol::CellError error = isolate::TakeError(scope, caught, {});
  Expect(WellFormed(ToUtf16(error.text)) == ToUtf16(error.text), "an error's text is well-formed");
}

void CheckJson(IsolateScope& scope, const base::Text& text) {
  const v8::TryCatch caught(scope.isolate());
  v8::Local<v8::Value> value;
  if (!isolate::FromJson(scope, text).ToLocal(&value)) {
    CheckThrown(scope, caught);
    return;
  }
  const Json json = isolate::ToJson(scope, value, isolate::JsonUse::kOwn);
  Expect(json.kind != Json::Kind::kAbsent, "what came from JSON has JSON");
  if (json.kind == Json::Kind::kThrew) {
    CheckThrown(scope, caught);
    return;
  }
  v8::Local<v8::Value> again;
  Expect(isolate::FromJson(scope, isolate::ToText(scope, json.text)).ToLocal(&again),
         "the engine's JSON can be read");
  const Json json_again = isolate::ToJson(scope, again, isolate::JsonUse::kOwn);
  Expect(json_again.kind == Json::Kind::kText && AreEqual(json.text, json_again.text),
         "JSON that was read reads the same");
  v8::Local<v8::String> display;
  Expect(isolate::ToDisplay(scope, value).ToLocal(&display), "what came from JSON can be shown");
  if (value->IsObject()) Expect(AreEqual(display, json.text), "an object is shown as its JSON");
  if (value->IsString()) Expect(display->StrictEquals(value), "a string is shown as it is");
}

void CheckText(IsolateScope& scope, const base::Text& text) {
  v8::Local<v8::String> string;
  Expect(isolate::ToV8(scope, text).ToLocal(&string), "a short text becomes a string");
  const std::u16string expected = WellFormed(ToUtf16(text));
  Expect(static_cast<size_t>(string->Length()) == text.length(), "with as many units");
  Expect(ToUtf16(isolate::ToText(scope, string)) == expected, "and comes back as it was");
  Expect(isolate::ToUtf16(scope, string) == expected, "also in two bytes a unit");
  v8::Local<v8::String> through_utf8;
  Expect(isolate::Utf8ToV8(scope, isolate::ToUtf8(scope, string)).ToLocal(&through_utf8),
         "UTF-8 of a string can be read");
  Expect(isolate::ToUtf16(scope, through_utf8) == expected, "and reads the same");
}

void CheckBytes(IsolateScope& scope, const std::string& bytes) {
  v8::Local<v8::String> string;
  Expect(isolate::Utf8ToV8(scope, bytes).ToLocal(&string), "any bytes become a string");
  const std::string utf8 = isolate::ToUtf8(scope, string);
  v8::Local<v8::String> again;
  Expect(isolate::Utf8ToV8(scope, utf8).ToLocal(&again) && AreEqual(string, again),
         "which is the same through UTF-8");
}

class CodecTarget final : public Target {
 public:
  explicit CodecTarget(std::string script) : script_(std::move(script)) {}

  void Run(std::span<const uint8_t> bytes) override {
    if (cell_ == nullptr || !cell_->usable()) {
      cell_.reset();
      cell_ = std::make_unique<FuzzCell>();
    }
    IsolateScope& scope = cell_->scope();
    const v8::HandleScope handles(scope.isolate());
    Input input(bytes);
    switch (input.Byte()) {
      case 'j':
        CheckJson(scope, base::Text(Latin1(input.Rest())));
        break;
      case 'J':
        CheckJson(scope, base::Text(Utf16(input.Rest())));
        break;
      case 'u':
        CheckJson(scope, base::Text::Narrowed(FromUtf8(input.Rest())));
        break;
      case 't':
        CheckText(scope, base::Text::Narrowed(Utf16(input.Rest())));
        CheckBytes(scope, Latin1(input.Rest()));
        break;
      default:
        CheckHostile(input.Rest());
    }
  }

 private:
  void CheckHostile(std::span<const uint8_t> bytes) {
    IsolateScope& scope = cell_->scope();
    const v8::TryCatch caught(scope.isolate());
    v8::Local<v8::Value> value;
    if (!cell_->Call(cell_->Evaluate(script_), "build", bytes).ToLocal(&value)) return;
    ToEachForm(value);
    cell_->Settle(base::Text::Ascii("[1]"));
  }

  void ToEachForm(v8::Local<v8::Value> value) {
    IsolateScope& scope = cell_->scope();
    {
      const v8::TryCatch caught(scope.isolate());
      const Json json = isolate::ToJson(scope, value, isolate::JsonUse::kOwn);
      if (json.kind == Json::Kind::kThrew) CheckThrown(scope, caught);
      if (json.kind == Json::Kind::kText) CheckJson(scope, isolate::ToText(scope, json.text));
    }
    if (cell_->cell().stopping()) return;
    {
      const v8::TryCatch caught(scope.isolate());
      v8::Local<v8::String> display;
      if (!isolate::ToDisplay(scope, value).ToLocal(&display)) {
        CheckThrown(scope, caught);
      }
    }
    if (cell_->cell().stopping()) return;
    const v8::TryCatch caught(scope.isolate());
    const protocol::CellError error = isolate::DescribeThrown(scope, value, {});
    const base::Text text = isolate::ThrownText(scope, value);
    Expect(!caught.HasCaught() || !caught.CanContinue(),
           "describing a thrown value throws nothing");
    if (cell_->cell().stopping()) return;
    Expect(WellFormed(ToUtf16(text)) == ToUtf16(text), "a thrown value's text is well-formed");
  }

  const std::string script_;
  std::unique_ptr<FuzzCell> cell_;
};

}  // namespace

std::unique_ptr<Target> NewCodecTarget(std::string hostile_script) {
  return std::make_unique<CodecTarget>(std::move(hostile_script));
}

}  // namespace codecell::fuzz
