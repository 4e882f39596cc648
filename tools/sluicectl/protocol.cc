// sluicectl protocol list, protocol show: the words, their classes, and what each recogniser looks
// at. Needs no daemon: the list is the one the gateway is built with.
#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "rules/model/protocol.h"
#include "tools/render/table.h"
#include "tools/sluicectl/commands.h"

namespace sluice::ctl {
namespace {

struct Note {
    std::string_view word, looks_at, limits, source, file;
};
constexpr Note kNotes[] = {
#include "protocol_notes.inc"
};

Json document_of(Json items) {
    return {{"apiVersion", "sluice/v1"},
            {"kind", "Protocols"},
            {"meta", Json::object()},
            {"items", std::move(items)}};
}

Json item_of(const model::ProtocolInfo& info) {
    const auto& klass = model::info(info.klass);
    Json notes = Json::array();
    for (const Note& note : kNotes)
        if (note.word == info.word)
            notes.push_back({{"looks_at", note.looks_at},
                             {"limits", note.limits},
                             {"source", note.source},
                             {"file", note.file}});
    return {{"word", info.word},
            {"class", klass.word},
            {"needs_grant", klass.needs_grant},
            {"blocks_from", name_of(klass.blocks_from)},
            {"text", info.text},
            {"notes", notes}};
}

std::string list_table(const Json& document) {
    render::Table t({{"WORD"}, {"CLASS"}, {"GRANT"}, {"WHAT"}});
    for (const Json& item : document.at("items"))
        t.add({cell(item.at("word")), cell(item.at("class")),
               item.at("needs_grant").get<bool>() ? "needed" : "-", cell(item.at("text"))});
    return t.text();
}

std::string show_text(const Json& document) {
    const Json& item = document.at("items")[0];
    std::string out =
        cell(item.at("word")) + ": " + cell(item.at("text")) + "\nclass " + cell(item.at("class"));
    out += item.at("needs_grant").get<bool>() ? ": blocked without a grant, from confidence " +
                                                    cell(item.at("blocks_from")) + " on\n"
                                              : ": needs no grant\n";
    for (const Json& note : item.at("notes"))
        out += "\nlooks at  " + cell(note.at("looks_at")) + "\nlimits    " +
               cell(note.at("limits")) + "\nsource    " + cell(note.at("source")) +
               "\nin        dataplane/detect/" + cell(note.at("file")) + "\n";
    if (item.at("notes").empty())
        out +=
            "\nNo recogniser of its own: told by its IP protocol number, by its usual port (then "
            "only "
            "in records),\nor by another program's part of the gateway.\n";
    return out;
}

void add_list(CLI::App& protocol, Context& context) {
    CLI::App* command = protocol.add_subcommand("list", "The words, by class");
    auto klass = std::make_shared<std::string>();
    command->add_option("--class", *klass, "Only of this class");
    command->callback([&context, klass] {
        if (!klass->empty() && !model::protocol_class_named(*klass)) {
            show(context,
                 error_of(kUsage, "unknown_class", "there is no class " + *klass,
                          "`sluicectl protocol list` shows all of them"),
                 {list_table});
            return;
        }
        Json items = Json::array();
        for (std::size_t c = 1; c < model::kProtocolClasses.size(); ++c)
            for (const model::ProtocolInfo& info : model::kProtocols)
                if (static_cast<std::size_t>(info.klass) == c &&
                    (klass->empty() || model::kProtocolClasses[c].word == *klass))
                    items.push_back(item_of(info));
        show(context, {kYes, document_of(std::move(items))}, {list_table});
    });
}

void add_show(CLI::App& protocol, Context& context) {
    CLI::App* command = protocol.add_subcommand("show", "What is looked at, and where that ends");
    auto word = std::make_shared<std::string>();
    command->add_option("word", *word, "A word of `protocol list`")->required();
    command->callback([&context, word] {
        const auto named = model::protocol_named(*word);
        if (!named) {
            show(context,
                 error_of(kNo, "unknown_protocol", "there is no protocol " + *word,
                          "`sluicectl protocol list` shows all of them"),
                 {show_text});
            return;
        }
        show(context, {kYes, document_of(Json::array({item_of(model::info(*named))}))},
             {show_text});
    });
}

}  // namespace

void add_protocol(CLI::App& app, Context& context) {
    CLI::App* protocol = app.add_subcommand("protocol", "Protocols the gateway has words for");
    protocol->require_subcommand(1);
    add_list(*protocol, context);
    add_show(*protocol, context);
}

}  // namespace sluice::ctl
