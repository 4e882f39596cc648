// words: mqtt amqp nats stomp openwire kafka
// looks at: CONNECT with the protocol's name, or the magic, greeting or request header that opens a
//   connection
// limits: Kafka, which has no magic, is answered as likely
// source: MQTT 5.0 3.1; AMQP 0-9-1 4.2.2, 1.0 2.2; NATS client protocol; STOMP 1.2; OpenWire 2;
//   Kafka protocol guide
#include "dataplane/detect/probe.h"
#include "dataplane/detect/recognisers.h"

namespace sluice::detect {

Answer mqtt_over_tcp(const FirstBytesView& view) noexcept {
    std::uint8_t size = 0;
    Probe probe(view.bytes);
    probe.is(0x10).u8(size);
    for (unsigned n = 0; n < 3 && probe.ok() && (size & 0x80) != 0; ++n)
        probe.u8(size);
    if (!probe.ok()) return probe.answer();
    const Bytes rest = probe.rest();
    using namespace std::string_view_literals;
    const Answer named = starts_with(rest, "\0\4MQTT"sv);
    return named != Answer::no ? named : starts_with(rest, "\0\6MQIsdp"sv);
}
Answer amqp_over_tcp(const FirstBytesView& view) noexcept {
    return Probe(view.bytes).is("AMQP").between(0, 3).answer();
}
Answer nats_over_tcp(const FirstBytesView& view) noexcept {
    const Answer info = starts_with(view.bytes, "INFO {");
    return info != Answer::no ? info : starts_with(view.bytes, "CONNECT {");
}
Answer stomp_over_tcp(const FirstBytesView& view) noexcept {
    bool may_be = false;
    for (const std::string_view word : {"STOMP\n", "CONNECT\n", "STOMP\r\n", "CONNECT\r\n"}) {
        const Answer answer = starts_with(view.bytes, word);
        if (answer == Answer::yes) return answer;
        may_be = may_be || answer == Answer::maybe;
    }
    return may_be ? Answer::maybe : Answer::no;
}
Answer openwire_over_tcp(const FirstBytesView& view) noexcept {
    Probe probe(view.bytes);
    probe.u32_in(10, 64 * 1024).is(0x01).is("ActiveMQ");
    return probe.answer();
}
Answer kafka_over_tcp(const FirstBytesView& view) noexcept {
    constexpr std::uint16_t kClientMax = 128;
    std::uint16_t client = 0;
    Probe probe(view.bytes);  // length, request, version, number, client
    probe.u32_in(10, 1024 * 1024).u16_in(0, 75).u16_in(0, 17).skip(4).u16(client);
    probe.fail_unless(client >= 1 && client <= kClientMax).printable(client);
    return probe.answer();
}

}  // namespace sluice::detect
