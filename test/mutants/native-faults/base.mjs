const native = ["test:native"];
const jsonDepth = ["test/globals/json-depth.test.ts"];

/** @type {readonly import("./index.mjs").NativeFault[]} */
export const faultsOfBase = [
  {
    fault: "an escaped quote ends a string of JSON",
    file: "base/json_shape.cc",
    from: "if ((quote - first) % 2 == 0) return quote + 1;",
    to: "return quote + 1;",
    tests: native,
  },
  {
    fault: "a quote behind an escaped backslash does not end a string of JSON",
    file: "base/json_shape.cc",
    from: "if ((quote - first) % 2 == 0) return quote + 1;",
    to: "if (quote == first) return quote + 1;",
    tests: native,
  },
  {
    fault: "objects do not count for the depth of JSON",
    file: "base/json_shape.cc",
    from: "      case '[':\n      case '{':\n        shape.depth",
    to: "      case '[':\n        shape.depth",
    tests: jsonDepth,
  },
  {
    fault: "the depth of JSON never falls",
    file: "base/json_shape.cc",
    from: "if (depth > 0) --depth;",
    to: "",
    tests: native,
  },
  {
    fault: "the first value of an array does not count",
    file: "base/json_shape.cc",
    from: "json[i] != '}') ++shape.values;",
    to: "json[i] != '}') shape.values += 0;",
    tests: native,
  },
  {
    fault: "names are compared with their case",
    file: "base/nearest.cc",
    from: "if (unit >= 'A' && unit <= 'Z') unit = static_cast<char>(unit - 'A' + 'a');",
    to: "static_cast<void>(unit);",
    tests: native,
  },
  {
    fault: "a name that contains the wanted one is not near",
    file: "base/nearest.cc",
    from: "if (contains) distance = std::min<size_t>(distance, 2);",
    to: "static_cast<void>(contains);",
    tests: native,
  },
  {
    fault: "one name more than asked for is near",
    file: "base/nearest.cc",
    from: "if (best_.size() > max_names_)",
    to: "if (best_.size() > max_names_ + 1)",
    tests: native,
  },
  {
    fault: "threads are never used again",
    file: "base/thread_cache.cc",
    from: "is_kept = is_ordinary && state.idle < state.most_idle;",
    to: "is_kept = false;",
    tests: native,
  },
  {
    fault: "any number of idle threads is kept",
    file: "base/thread_cache.cc",
    from: "is_kept = is_ordinary && state.idle < state.most_idle;",
    to: "is_kept = is_ordinary;",
    tests: native,
  },
  {
    fault: "a thread that was given a lower priority is used again",
    file: "base/thread_cache.cc",
    from: "sched_getscheduler(0) == policy && Niceness() == niceness;",
    to: "policy == policy && niceness == niceness;",
    tests: native,
  },
  {
    fault: "a job that is demoted before it begins keeps its priority",
    file: "base/thread_cache.cc",
    from: "if (known.is_demoted) DemoteThread(known.id);",
    to: "",
    tests: native,
  },
  {
    fault: "a job is over before it has run",
    file: "base/thread_cache.cc",
    from: "    job->Begin();\n    job->run();",
    to: "    job->Begin();\n    job->over.Set();\n    job->run();",
    tests: native,
  },
  {
    fault: "an idle thread keeps its deep stack",
    file: "base/thread_cache.cc",
    from: "if (unused > 0) madvise(",
    to: "if (unused < 0) madvise(",
    tests: native,
  },
];
