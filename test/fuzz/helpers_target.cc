#include <v8.h>

#include <memory>
#include <string>
#include <utility>

#include "fuzz_cell.h"
#include "input.h"
#include "isolate/values/strings.h"
#include "target.h"

namespace codecell::fuzz {

namespace {

class HelpersTarget final : public Target {
 public:
  explicit HelpersTarget(std::string script) : script_(std::move(script)) {}

  void Run(std::span<const uint8_t> bytes) override {
    if (cell_ == nullptr || !cell_->usable()) {
      cell_.reset();
      cell_ = std::make_unique<FuzzCell>();
    }
    v8::Isolate* isolate = cell_->scope().isolate();
    const v8::HandleScope handles(isolate);
    Input input(bytes);
    const base::Text answer = input.Text();
    {
      const v8::TryCatch caught(isolate);
      v8::Local<v8::Value> ignored;
      const bool returned =
          cell_->Call(cell_->Evaluate(script_), "play", input.Rest()).ToLocal(&ignored);
      Expect(returned || cell_->cell().stopping(), "what helpers throw can be caught");
    }
    cell_->Settle(answer);
    for (const auto& [key, json] : cell_->cell().stored().TakeWrites()) CheckWrite(key, json);
  }

 private:
  void CheckWrite(const base::Text& key, const base::Text& json) {
    if (cell_->cell().stopping()) return;
    Expect(WellFormed(ToUtf16(key)) == ToUtf16(key), "a stored key is well-formed");
    const v8::TryCatch caught(cell_->scope().isolate());
    v8::Local<v8::String> text;
    v8::Local<v8::Value> value;
    Expect(isolate::ToV8(cell_->scope(), json).ToLocal(&text) &&
               v8::JSON::Parse(cell_->scope().context(), text).ToLocal(&value),
           "a stored value is JSON");
  }

  const std::string script_;
  std::unique_ptr<FuzzCell> cell_;
};

}  // namespace

std::unique_ptr<Target> NewHelpersTarget(std::string hostile_script) {
  return std::make_unique<HelpersTarget>(std::move(hostile_script));
}

}  // namespace codecell::fuzz
