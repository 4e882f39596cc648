// Result<T, E>: a value, or the reason there is none. The only error channel in Sluice.
//
// Why our own: std::expected needs -std=c++23 with gcc 12 and is missing from clang 14, which
// builds the fuzzers. No exceptions, no heap; trivially copyable when T and E are.
#pragma once
#include <type_traits>
#include <utility>
#include <variant>

#include "rules/base/assert.h"

namespace sluice {

template <class E>
struct Err {
    E error;
};
template <class E>
Err(E) -> Err<E>;

template <class T, class E>
class [[nodiscard]] Result {
    static_assert(!std::is_same_v<T, E>, "a value and its error must be different types");

  public:
    // Implicit on purpose: `return value;` and `return Err{why};` are how functions end.
    constexpr Result(T value) : slot_(std::in_place_index<0>, std::move(value)) {}
    constexpr Result(Err<E> err) : slot_(std::in_place_index<1>, std::move(err.error)) {}

    constexpr bool ok() const noexcept { return slot_.index() == 0; }
    constexpr explicit operator bool() const noexcept { return ok(); }

    // Asking for the side that is not there is a programmer error: it stops the process.
    constexpr const T& value() const& {
        SLUICE_ASSERT(ok());
        return *std::get_if<0>(&slot_);
    }
    constexpr T& value() & {
        SLUICE_ASSERT(ok());
        return *std::get_if<0>(&slot_);
    }
    constexpr T&& value() && {
        SLUICE_ASSERT(ok());
        return std::move(*std::get_if<0>(&slot_));
    }
    constexpr const E& error() const& {
        SLUICE_ASSERT(!ok());
        return *std::get_if<1>(&slot_);
    }
    constexpr const T& operator*() const& { return value(); }
    constexpr T& operator*() & { return value(); }
    constexpr const T* operator->() const { return &value(); }
    constexpr T* operator->() { return &value(); }

  private:
    std::variant<T, E> slot_;
};

// For actions with nothing to hand back: Result<Done, StoreError> save(...); return Done{};
struct Done {};

}  // namespace sluice

// SLUICE_TRY(port, parse_port(text)); declares `port`, or leaves the function with the same error.
#define SLUICE_TRY(name, expression)                                 \
    auto name##_result = (expression);                               \
    if (!name##_result) return ::sluice::Err{name##_result.error()}; \
    auto name = std::move(name##_result).value()
