# Builds the addon with node-gyp, which comes with npm, where there is no cmake. CMakeLists.txt has the reasons
# for the options; both read sources.txt.
# Not in the folder of package.json: package managers would build what has this file there, at install.
{
  "variables": {
    # Where node-addon-api is: `codecell build` says so.
    "node_addon_api%": "<(module_root_dir)/../node_modules/node-addon-api",
  },
  "targets": [
    {
      "target_name": "codecell",
      "sources": ["<!@(node -p \"fs.readFileSync('sources.txt', 'utf8')\")"],
      "include_dirs": ["."],
      "defines": [
        "NAPI_VERSION=9",
        "NODE_ADDON_API_DISABLE_DEPRECATED",
        "NAPI_DISABLE_CPP_EXCEPTIONS",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "NDEBUG",
      ],
      "cflags": ["-fvisibility=hidden"],
      "cflags_cc": ["-isystem <(node_addon_api)", "-fvisibility-inlines-hidden"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++1y"],
      "conditions": [
        [
          "OS=='linux'",
          {
            "sources": ["<!@(node -p \"fs.readFileSync('sources-linux.txt', 'utf8')\")"],
            "cflags_cc": ["-std=gnu++20", "-O2", "-Wno-deprecated-declarations"],
            "cflags_cc!": ["-O3"],
            "ldflags": [
              "-static-libstdc++",
              "-Wl,--exclude-libs,ALL",
              "-Wl,--gc-sections",
              "-Wl,--as-needed",
              "-Wl,-z,relro,-z,now",
              "-Wl,-z,nodelete",
            ],
          },
        ],
        [
          "OS=='mac'",
          {
            "xcode_settings": {
              "CLANG_CXX_LANGUAGE_STANDARD": "gnu++20",
              "CLANG_CXX_LIBRARY": "libc++",
              "GCC_ENABLE_CPP_EXCEPTIONS": "NO",
              "GCC_ENABLE_CPP_RTTI": "NO",
              "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
              "MACOSX_DEPLOYMENT_TARGET": "13.5",
              "OTHER_CPLUSPLUSFLAGS": ["-isystem <(node_addon_api)"],
            },
          },
        ],
        [
          "OS=='win'",
          {
            "include_dirs": ["<(node_addon_api)"],
            "defines": ["_HAS_EXCEPTIONS=0", "NOMINMAX", "WIN32_LEAN_AND_MEAN"],
            "libraries": ["bcrypt.lib"],
            "msvs_settings": {
              "VCCLCompilerTool": {
                "AdditionalOptions": ["/std:c++20", "/utf-8", "/Zc:__cplusplus"],
                "AdditionalOptions!": ["-std:c++17"],
              },
            },
          },
        ],
      ],
    },
  ],
}
