// Thin RAII over SQLite: a connection, a statement, a transaction. Throws SqliteError; the store
// above it turns that into StoreError at its edge.
#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sluice::control {

struct SqliteError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Database {
  public:
    // Opens or creates `path` with WAL, synchronous=FULL, foreign keys, a busy wait of 5 s.
    explicit Database(const std::string& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const std::string& sql);             // one or several statements without results
    std::int64_t number(const std::string& sql);  // first column of the first row; 0 without a row
    sqlite3* handle() const { return handle_; }

  private:
    sqlite3* handle_ = nullptr;
};

class Statement {
  public:
    Statement(Database& db, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    // Binds the parameters in order: integers, text, or blobs (bind_blob). Texts are copied.
    template <class... Values>
    Statement& bind(const Values&... values) {
        (bind_one(values), ...);
        return *this;
    }
    Statement& bind_blob(std::string_view bytes);
    bool step();  // true: a row can be read
    void run() {
        while (step()) {
        }
    }
    // For the next round of parameters.
    void reset();

    std::int64_t integer(int column) const;
    std::string text(int column) const;  // also reads blobs; NULL is empty
    bool is_null(int column) const;

  private:
    void bind_one(std::int64_t value);
    void bind_one(std::string_view value);
    void bind_one(int value) { bind_one(std::int64_t{value}); }
    void bind_one(bool value) { bind_one(std::int64_t{value}); }
    void bind_one(std::uint64_t value) { bind_one(static_cast<std::int64_t>(value)); }
    void bind_one(std::uint32_t value) { bind_one(std::int64_t{value}); }
    void bind_one(const std::string& value) { bind_one(std::string_view(value)); }
    void bind_one(const char* value) { bind_one(std::string_view(value)); }
    void check(int code) const;

    Database& db_;
    sqlite3_stmt* handle_ = nullptr;
    int next_ = 1;
};

// Rolled back unless committed.
class Transaction {
  public:
    explicit Transaction(Database& db) : db_(db) { db_.run("BEGIN IMMEDIATE"); }
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& db_;
    bool open_ = true;
};

}  // namespace sluice::control
