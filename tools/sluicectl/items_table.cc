#include "tools/sluicectl/items_table.h"

#include <cctype>

#include "tools/render/table.h"

namespace sluice::ctl {

std::string items_table(const Json& items, const std::vector<std::string>& fields) {
    std::vector<render::Column> columns;
    for (std::string title : fields) {
        for (char& c : title)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        columns.push_back({title});
    }
    render::Table t(std::move(columns));
    for (const Json& item : items) {
        std::vector<std::string> cells;
        for (const std::string& field : fields)
            cells.push_back(cell(item.at(field)));
        t.add(std::move(cells));
    }
    return t.text();
}

}  // namespace sluice::ctl
