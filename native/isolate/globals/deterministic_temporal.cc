#include "isolate/exec/cell_context.h"
#include "isolate/globals/deterministic.h"
#include "isolate/globals/own_properties.h"
#include "isolate/values/strings.h"

namespace codecell::isolate {

namespace {

// Of the data of each function: what makes an instant of a time, and what makes of that what the
// function gives.
enum NowData : uint32_t { kFromMilliseconds, kToZoned, kTimeZone, kLast };

// Temporal.Now.instant().
v8::MaybeLocal<v8::Value> Instant(CellContext& cell, v8::Local<v8::Value> data) {
  IsolateScope& scope = cell.scope();
  v8::Local<v8::Value> now = v8::Number::New(scope.isolate(), cell.ambient().WallMs());
  return FunctionIn(scope, data, kFromMilliseconds)
      ->Call(scope.context(), v8::Undefined(scope.isolate()), 1, &now);
}

void GiveInstant(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Value> instant;
  if (Instant(CellContext::From(info.GetIsolate()), info.Data()).ToLocal(&instant)) {
    info.GetReturnValue().Set(instant);
  }
}

// In the time zone that is given, else in that of the cell.
v8::MaybeLocal<v8::Value> Zoned(CellContext& cell,
                                const v8::FunctionCallbackInfo<v8::Value>& info) {
  IsolateScope& scope = cell.scope();
  v8::Local<v8::Value> zone = info[0];
  v8::Local<v8::Value> instant;
  if (zone->IsUndefined() &&
      !FunctionIn(scope, info.Data(), kTimeZone)
           ->Call(scope.context(), v8::Undefined(scope.isolate()), 0, nullptr)
           .ToLocal(&zone)) {
    return {};
  }
  if (!Instant(cell, info.Data()).ToLocal(&instant)) return {};
  return FunctionIn(scope, info.Data(), kToZoned)->Call(scope.context(), instant, 1, &zone);
}

void GiveZoned(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Local<v8::Value> zoned;
  if (Zoned(CellContext::From(info.GetIsolate()), info).ToLocal(&zoned)) {
    info.GetReturnValue().Set(zoned);
  }
}

// A part of the zoned time.
void GivePart(const v8::FunctionCallbackInfo<v8::Value>& info) {
  CellContext& cell = CellContext::From(info.GetIsolate());
  v8::Local<v8::Value> zoned;
  v8::Local<v8::Value> part;
  if (Zoned(cell, info).ToLocal(&zoned) && FunctionIn(cell.scope(), info.Data(), kLast)
                                               ->Call(cell.scope().context(), zoned, 0, nullptr)
                                               .ToLocal(&part)) {
    info.GetReturnValue().Set(part);
  }
}

struct Part {
  const char* name;
  const char* method;  // Of the zoned time.
};

constexpr Part kParts[] = {{"plainDateTimeISO", "toPlainDateTime"},
                           {"plainDateISO", "toPlainDate"},
                           {"plainTimeISO", "toPlainTime"}};

bool PrototypeOf(IsolateScope& scope, v8::Local<v8::Object> temporal, const char* name,
                 v8::Local<v8::Object>& prototype) {
  v8::Local<v8::Object> constructor;
  return GetObject(scope, temporal, name).ToLocal(&constructor) &&
         GetObject(scope, constructor, "prototype").ToLocal(&prototype);
}

}  // namespace

bool MakeTemporalDeterministic(IsolateScope& scope, v8::Local<v8::Object> global) {
  v8::Local<v8::Object> temporal;
  if (!GetObject(scope, global, "Temporal").ToLocal(&temporal)) return true;
  v8::Local<v8::Object> now;
  v8::Local<v8::Object> instant;
  v8::Local<v8::Object> instant_prototype;
  v8::Local<v8::Object> zoned_prototype;
  v8::Local<v8::Function> from_milliseconds;
  v8::Local<v8::Function> to_zoned;
  v8::Local<v8::Function> time_zone;
  if (!GetObject(scope, temporal, "Now").ToLocal(&now) ||
      !GetObject(scope, temporal, "Instant").ToLocal(&instant) ||
      !PrototypeOf(scope, temporal, "Instant", instant_prototype) ||
      !PrototypeOf(scope, temporal, "ZonedDateTime", zoned_prototype) ||
      !GetFunction(scope, instant, "fromEpochMilliseconds").ToLocal(&from_milliseconds) ||
      !GetFunction(scope, instant_prototype, "toZonedDateTimeISO").ToLocal(&to_zoned) ||
      !GetFunction(scope, now, "timeZoneId").ToLocal(&time_zone)) {
    return false;
  }
  const v8::Local<v8::Value> data = ListOf(scope, {from_milliseconds, to_zoned, time_zone});
  if (!PutFunction(scope, now, "instant", GiveInstant, data, 0) ||
      !PutFunction(scope, now, "zonedDateTimeISO", GiveZoned, data, 0)) {
    return false;
  }
  for (const Part& part : kParts) {
    v8::Local<v8::Function> method;
    if (!GetFunction(scope, zoned_prototype, part.method).ToLocal(&method) ||
        !PutFunction(scope, now, part.name, GivePart,
                     ListOf(scope, {from_milliseconds, to_zoned, time_zone, method}), 0)) {
      return false;
    }
  }
  return true;
}

}  // namespace codecell::isolate
