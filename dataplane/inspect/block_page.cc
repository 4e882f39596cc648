#include "dataplane/inspect/block_page.h"

#include "rules/ipc/reference.h"

namespace sluice::inspect {
namespace {

using model::Reason;

// Why, for people; `info(reason).text` is the same for staff.
struct Sentence {
    std::string_view kk, ru, en;
};

Sentence sentence_of(Reason reason) {
    switch (reason) {
        case Reason::content_malicious:
            return {"Жүктелетін мазмұнда зиянды код анықталды.",
                    "В загружаемом содержимом обнаружен вредоносный код.",
                    "Malicious content was found in what was to be loaded."};
        case Reason::content_type:
            return {"Мұндай түрдегі файлдарды жүктеуге рұқсат етілмейді.",
                    "Файлы этого вида загружать не разрешено.",
                    "Files of this kind may not be loaded."};
        case Reason::content_unreadable:
            return {"Мазмұнды тексеру мүмкін болмады.", "Содержимое не удалось проверить.",
                    "The content could not be checked."};
        case Reason::origin_untrusted:
            return {
                "Сервер өзінің шынайылығын растай алмады. Деректер берілмеді.",
                "Сервер не подтвердил свою подлинность. Данные ему не переданы.",
                "The server could not show that it is the one it says. Nothing was sent to it."};
        case Reason::misdirected:
            return {"Сұрау бұл қосылымға арналмаған. Бетті қайта ашыңыз.",
                    "Запрос не для этого соединения. Откройте страницу заново.",
                    "The request is not for this connection. Open the page again."};
        case Reason::bad_http:
            return {"Сұрау бұзылған.", "Запрос повреждён.", "The request is damaged."};
        default:
            return {"Бұл ресурс ұйымыңыздың қолжетімділік саясатымен ашылмаған.",
                    "Ресурс не открыт политикой доступа вашей организации.",
                    "The access policy of your organisation does not open this resource."};
    }
}

void section(std::string& page, std::string_view language, std::string_view title,
             std::string_view sentence, std::string_view apply, const std::string& where) {
    page.append("<section lang=").append(language).append("><h1>").append(title);
    page.append("</h1><p>").append(sentence).append("</p>");
    if (!where.empty()) page.append("<p>").append(apply).append(where).append("</p>");
    page.append("</section>");
}

}  // namespace

std::string html_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '&':
                out += "&amp;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string block_page(const PageText& text) {
    const Sentence sentence = sentence_of(text.reason);
    const std::string where = html_escaped(text.where);
    std::string page =
        "<!doctype html><html lang=kk><meta charset=utf-8>"
        "<meta name=viewport content=\"width=device-width\"><title>Sluice</title>"
        "<style>body{font:16px sans-serif;max-width:40em;margin:3em auto;padding:0 1em}"
        "h1{font-size:1.3em}code{font-size:1.1em}</style>";
    section(page, "kk", "Қолжетімділік шектелген", sentence.kk, "Қайда өтініш беру керек: ", where);
    section(page, "ru", "Доступ ограничен", sentence.ru, "Куда обратиться: ", where);
    section(page, "en", "Access is restricted", sentence.en, "Where to apply: ", where);
    page.append("<p>").append(html_escaped(text.host)).append("</p><p><code>SL-");
    page.append(std::to_string(model::number_of(text.reason))).append(" &middot; ");
    page.append(ipc::reference_text(text.reference).view()).append("</code></p></html>\n");
    return page;
}

}  // namespace sluice::inspect
