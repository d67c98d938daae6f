#include "check_event.h"

#include <algorithm>
#include <string>

#include "input.h"

namespace codecell::fuzz {

namespace {

void CheckText(const base::Text& text) {
  if (text.is_latin1()) return;
  Expect(WellFormed(text.utf16()) == text.utf16(), "a text that leaves a cell is well-formed");
}

void CheckUrl(const base::Text& url) {
  CheckText(url);
  std::u16string head = ToUtf16(url).substr(0, 5);
  std::transform(head.begin(), head.end(), head.begin(), [](char16_t unit) {
    return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + 32) : unit;
  });
  Expect(head == u"data:", "media are data: URLs");
}

void CheckError(const protocol::CellError& error) {
  for (const base::Text* text : {&error.name, &error.message, &error.text}) CheckText(*text);
  if (error.stack) CheckText(*error.stack);
  if (error.position) {
    Expect(error.position->line >= 1 && error.position->column >= 1, "positions count from one");
    CheckText(error.position->source_line);
  }
  if (error.cause) CheckError(*error.cause);
}

}  // namespace

void CheckEvent(const protocol::Event& event, const protocol::CellOptions& options) {
  if (const auto* output = std::get_if<protocol::TextOutput>(&event)) {
    CheckText(output->text);
  } else if (const auto* image = std::get_if<protocol::ImageOutput>(&event)) {
    CheckUrl(image->url);
  } else if (const auto* audio = std::get_if<protocol::AudioOutput>(&event)) {
    CheckUrl(audio->url);
  } else if (const auto* line = std::get_if<protocol::LogLine>(&event)) {
    CheckText(line->text);
  } else if (const auto* notification = std::get_if<protocol::Notification>(&event)) {
    CheckText(notification->text);
    Expect(!notification->text.empty(), "a notification says something");
  } else if (const auto* call = std::get_if<protocol::ToolCall>(&event)) {
    CheckText(call->input);
    Expect(!call->input.empty(), "a tool's input is a JSON text");
    Expect(call->tool < options.setup.tools->tools.size(), "the tool called is in the table");
  } else if (const auto* search = std::get_if<protocol::ToolSearch>(&event)) {
    CheckText(search->query);
    Expect(search->query.length() <= 500, "a query is short");
    Expect(search->limit >= 1 && search->limit <= 50, "a search asks for some tools, and few");
  } else if (const auto* lookup = std::get_if<protocol::ToolLookup>(&event)) {
    CheckText(lookup->name);
    Expect(lookup->name.length() <= 500, "a name that is looked up is short");
  } else if (const auto* stopping = std::get_if<protocol::Stopping>(&event)) {
    CheckError(stopping->error);
  } else if (const auto* settled = std::get_if<protocol::Settled>(&event)) {
    Expect(settled->error.has_value() == (settled->end == protocol::End::kFailed),
           "exactly a failed cell has an error");
    if (settled->error) CheckError(*settled->error);
    for (const auto& [key, json] : settled->writes) {
      CheckText(key);
      CheckText(json);
      Expect(!json.empty(), "a stored value is a JSON text");
    }
    for (const base::Text& text : settled->unhandled_rejections) CheckText(text);
  }
}

}  // namespace codecell::fuzz
