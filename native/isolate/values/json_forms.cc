#include "isolate/values/json_forms.h"

#include "isolate/engine/isolate_slots.h"
#include "isolate/engine/terminator.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// Entries between two looks at whether the cell is to stop.
constexpr uint32_t kEntriesPerLook = 1024;

JsonUse UseOf(v8::Isolate* isolate) {
  const auto* use = static_cast<const JsonUse*>(isolate->GetData(kJsonUseSlot));
  return use == nullptr ? JsonUse::kOwn : *use;
}

bool CopyProperty(IsolateScope& scope, v8::Local<v8::Object> from, v8::Local<v8::Name> name,
                  v8::Local<v8::Object> to) {
  v8::Local<v8::Value> value;
  return from->Get(scope.context(), name).ToLocal(&value) &&
         to->CreateDataProperty(scope.context(), name, value).IsJust();
}

// An error's name and message, the tool of one that a tool has made, and what the cell put on it.
v8::MaybeLocal<v8::Object> ErrorForm(IsolateScope& scope, v8::Local<v8::Object> error) {
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::Object> form = v8::Object::New(scope.isolate());
  const v8::Local<v8::String> tool = Literal(scope, "tool");
  v8::Local<v8::Array> names;
  if (!CopyProperty(scope, error, Literal(scope, "name"), form) ||
      !CopyProperty(scope, error, Literal(scope, "message"), form)) {
    return {};
  }
  if (error->HasOwnProperty(context, tool).FromMaybe(false) &&
      !CopyProperty(scope, error, tool, form)) {
    return {};
  }
  if (!error
           ->GetOwnPropertyNames(
               context, static_cast<v8::PropertyFilter>(v8::ONLY_ENUMERABLE | v8::SKIP_SYMBOLS),
               v8::KeyConversionMode::kConvertToString)
           .ToLocal(&names)) {
    return {};
  }
  for (uint32_t i = 0; i < names->Length(); ++i) {
    v8::Local<v8::Value> name;
    if (!names->Get(context, i).ToLocal(&name) ||
        !CopyProperty(scope, error, name.As<v8::Name>(), form)) {
      return {};
    }
  }
  return form;
}

void ErrorToJson(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
  if (UseOf(info.GetIsolate()) == JsonUse::kOwn || !info.This()->IsNativeError()) return;
  IsolateScope scope(info.GetIsolate());
  v8::Local<v8::Object> form;
  if (ErrorForm(scope, info.This()).ToLocal(&form)) info.GetReturnValue().Set(form);
}

void PromiseToJson(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
  const JsonUse use = UseOf(info.GetIsolate());
  if (use == JsonUse::kOwn || !info.This()->IsPromise()) return;
  IsolateScope scope(info.GetIsolate());
  if (use == JsonUse::kOutput) {
    info.GetReturnValue().Set(Literal(scope, kNotAwaited));
  } else {
    ThrowTypeError(scope,
                   std::string_view("a promise can be neither stored nor given to a tool: await it "
                                    "first"));
  }
}

void CollectionToJson(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.This());
  const bool is_collection = info.This()->IsMap() || info.This()->IsSet();
  if (UseOf(info.GetIsolate()) != JsonUse::kOutput || !is_collection) return;
  IsolateScope scope(info.GetIsolate());
  v8::Local<v8::Value> entries;
  if (Entries(scope, info.This()).ToLocal(&entries)) info.GetReturnValue().Set(entries);
}

struct Form {
  const char* constructor;
  v8::FunctionCallback callback;
};

constexpr Form kForms[] = {{"Error", ErrorToJson},
                           {"Promise", PromiseToJson},
                           {"Map", CollectionToJson},
                           {"Set", CollectionToJson}};

}  // namespace

bool InstallJsonForms(IsolateScope& scope, v8::Local<v8::Context> context) {
  const v8::Local<v8::String> to_json = Literal(scope, "toJSON");
  for (const Form& form : kForms) {
    v8::Local<v8::Value> constructor;
    v8::Local<v8::Value> prototype;
    v8::Local<v8::Function> function;
    if (!context->Global()->Get(context, Literal(scope, form.constructor)).ToLocal(&constructor) ||
        !constructor.As<v8::Object>()
             ->Get(context, Literal(scope, "prototype"))
             .ToLocal(&prototype) ||
        !v8::Function::New(context, form.callback, {}, 0, v8::ConstructorBehavior::kThrow)
             .ToLocal(&function) ||
        prototype.As<v8::Object>()
            ->DefineOwnProperty(context, to_json, function, v8::DontEnum)
            .IsNothing()) {
      return false;
    }
    function->SetName(to_json);
  }
  return true;
}

JsonUseScope::JsonUseScope(IsolateScope& scope, JsonUse use)
    : isolate_(scope.isolate()), use_(use), before_(isolate_->GetData(kJsonUseSlot)) {
  isolate_->SetData(kJsonUseSlot, &use_);
}

JsonUseScope::~JsonUseScope() { isolate_->SetData(kJsonUseSlot, before_); }

v8::MaybeLocal<v8::Value> Entries(IsolateScope& scope, v8::Local<v8::Value> collection) {
  if (collection->IsSet()) return collection.As<v8::Set>()->AsArray();
  const v8::Local<v8::Context> context = scope.context();
  const v8::Local<v8::Array> flat = collection.As<v8::Map>()->AsArray();
  const uint32_t size = flat->Length() / 2;
  const v8::Local<v8::Array> pairs = v8::Array::New(scope.isolate(), static_cast<int>(size));
  for (uint32_t i = 0; i < size; ++i) {
    if (i % kEntriesPerLook == 0 && Terminator::IsStopping(scope)) return {};
    const v8::HandleScope handles(scope.isolate());
    v8::Local<v8::Value> pair[2];
    if (!flat->Get(context, 2 * i).ToLocal(&pair[0]) ||
        !flat->Get(context, 2 * i + 1).ToLocal(&pair[1]) ||
        pairs->CreateDataProperty(context, i, v8::Array::New(scope.isolate(), pair, 2))
            .IsNothing()) {
      return {};
    }
  }
  return pairs;
}

}  // namespace codecell::isolate
