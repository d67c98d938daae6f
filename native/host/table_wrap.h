#pragma once

#include <napi.h>

#include <memory>

namespace codecell::host {

// An immutable table that JavaScript holds and many cells share. `Read` makes it from the
// constructor's argument.
template <typename Table, std::shared_ptr<const Table> (*Read)(Napi::Value)>
class TableWrap : public Napi::ObjectWrap<TableWrap<Table, Read>> {
 public:
  static Napi::Function Define(Napi::Env env, const char* name) {
    return Napi::ObjectWrap<TableWrap>::DefineClass(env, name, {});
  }

  explicit TableWrap(const Napi::CallbackInfo& info)
      : Napi::ObjectWrap<TableWrap>(info), table_(Read(info[0])) {}

  // The table behind a value; an empty one if there is none.
  static std::shared_ptr<const Table> From(Napi::Value value) {
    void* wrapped = nullptr;
    if (!value.IsObject() || napi_unwrap(value.Env(), value, &wrapped) != napi_ok) {
      return std::make_shared<const Table>();
    }
    return static_cast<TableWrap*>(wrapped)->table_;
  }

 private:
  const std::shared_ptr<const Table> table_;
};

}  // namespace codecell::host
